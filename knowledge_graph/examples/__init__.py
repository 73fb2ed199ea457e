"""Questions that show what the graph can answer; each file is one query with titles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from knowledge_graph.namespaces import Ids

FOLDER: Final = Path(__file__).parent
_TITLE: Final = re.compile(r"# (en|zh-Hans): (.+)")


@dataclass(frozen=True)
class Example:
    """A query, ready to be asked of one museum."""

    slug: str
    titles: Mapping[str, str]  # by language
    text: str

    def title(self, language: str) -> str:
        return self.titles["zh-Hans" if language.lower().startswith("zh") else "en"]


@cache
def examples(ids: Ids) -> tuple[Example, ...]:
    """Read all examples, with the museum's base IRI put in."""
    files = sorted(FOLDER.glob("*.rq"), key=lambda path: int(path.stem.split("-")[0]))
    return tuple(_read(path, ids) for path in files)


def _read(path: Path, ids: Ids) -> Example:
    text = path.read_text(encoding="utf-8")
    # The files name our own things relatively, so the base belongs before the prefixes.
    with_base = text.replace("PREFIX", f"BASE <{ids.base}>\nPREFIX", 1)
    return Example(path.stem, dict(_TITLE.findall(text)), with_base)
