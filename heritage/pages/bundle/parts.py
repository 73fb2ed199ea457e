"""What goes into a bundle, and whose each file is."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Parts:
    """What goes in, by its path: bytes, or a file to be copied.

    `whose` names the rows that a file comes from, as `kind/key` (two relics may have the
    same bytes): when none of them is public any more, bundles that hold it are told.
    """

    texts: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    whose: dict[str, list[str]] = field(default_factory=dict)

    def belongs(self, path: str, *, kind: str, key: str) -> None:
        names = self.whose.setdefault(path, [])
        if f"{kind}/{key}" not in names:
            names.append(f"{kind}/{key}")
