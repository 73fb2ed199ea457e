"""Find a record for somebody who asks by key, or say why there is none to show."""

from typing import TypeVar

from heritage.catalogue.models import Record
from heritage.catalogue.policy import Person, visible

R = TypeVar("R", bound=Record)


class NoSuchRecord(Exception):
    """Unknown, or not for this person: the two must look the same (404)."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"{kind}/{key}")
        self.kind, self.key = kind, key


class WithdrawnRecord(NoSuchRecord):
    """Was public and was taken back: its address answers 410."""


def find_record(model: type[R], key: str, person: Person) -> R:
    """Give the record, or raise `NoSuchRecord` or `WithdrawnRecord`."""
    rows = model._default_manager.filter(key=key)
    record: R | None = visible(rows, person).first()
    if record is not None:
        return record
    if rows.filter(state=Record.State.WITHDRAWN).exists():
        raise WithdrawnRecord(model.kind, key)
    raise NoSuchRecord(model.kind, key)
