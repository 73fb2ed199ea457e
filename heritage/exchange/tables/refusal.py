"""Why a table is not read. The sentence for each code is in `heritage/exchange/words.py`."""

from typing import Any


class Refused(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
