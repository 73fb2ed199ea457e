"""A table that says which record each folder or file belongs to: CSV of two columns.

First a path or a pattern (`ding/`, `2024/box 3`, `DSC_01*.jpg`), then a register number
or key. Spreadsheets in China save GBK, others UTF-8; either is read.
"""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from .destinations import Target, destination
from .errors import NoDestination, TableUnreadable, UnsafeName
from .names import safe_name

LARGEST_BYTES = 8 * 1024**2
MOST_ROWS = 100_000
MOST_PATTERNS = 1000  # each is tried on each file, a path is looked up
# A first row of these words is a heading, not a rule.
HEADINGS = {
    "path", "file", "folder", "name", "filename", "file name", "pattern",
    "路径", "文件", "文件名", "文件夹", "名称",
}  # fmt: skip
_SIGNS = set("*?[")


@dataclass(frozen=True)
class Rule:
    """One row: what is meant, and the record that gets it."""

    row: int
    pattern: str
    target: Target

    @property
    def is_path(self) -> bool:
        return not _SIGNS & set(self.pattern)

    def fits(self, name: str) -> bool:
        """Tell whether its pattern means this path; without `/` it means names anywhere."""
        is_of_names = "/" not in self.pattern
        told = PurePosixPath(name).name if is_of_names else name
        return fnmatchcase(told, self.pattern)

    def reaches_into(self, folder: str) -> bool:
        """Tell whether its pattern may mean something within this folder."""
        if "/" not in self.pattern:
            return True
        parts, wanted = folder.split("/"), self.pattern.split("/")
        return len(wanted) > len(parts) and all(map(fnmatchcase, parts, wanted))


@dataclass
class Table:
    """The rules of a table, and what is wrong with its rows, one by one."""

    rules: list[Rule] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    # Most rows name a path, and there may be very many: they are not tried one by one.
    _paths: dict[str, Rule] = field(default_factory=dict)
    _above: set[str] = field(default_factory=set)  # folders that paths lie in
    _patterns: list[Rule] = field(default_factory=list)

    def has_room_for(self, rule: Rule) -> bool:
        return rule.is_path or len(self._patterns) < MOST_PATTERNS

    def add(self, rule: Rule) -> None:
        self.rules.append(rule)
        if not rule.is_path:
            self._patterns.append(rule)
            return
        self._paths[rule.pattern] = rule
        above = PurePosixPath(rule.pattern).parent.as_posix()
        while above != "." and above not in self._above:
            self._above.add(above)
            above = PurePosixPath(above).parent.as_posix()

    def find(self, name: str) -> Rule | None:
        """Give the rule for a path: one that names it, else the first that fits."""
        name = unicodedata.normalize("NFC", name)
        fitting = (rule for rule in self._patterns if rule.fits(name))
        found = self._paths.get(name) or next(fitting, None)
        if found is not None:
            self.used.add(found.row)
        return found

    def reaches_into(self, folder: str) -> bool:
        """Tell whether a rule may mean something within this folder."""
        folder = unicodedata.normalize("NFC", folder)
        return folder in self._above or any(
            rule.reaches_into(folder) for rule in self._patterns
        )

    def unused(self) -> list[str]:
        """Name the rows that meant nothing of what was looked at."""
        return [
            _("Row %(row)d: there is nothing called %(name)s.")
            % {"row": rule.row, "name": rule.pattern}
            for rule in self.rules
            if rule.row not in self.used
        ]


def read_table(data: bytes) -> Table:
    """Read a table; rows that cannot be used are told one by one.

    Raises `TableUnreadable` for what is no such table at all.
    """
    table = Table()
    known: dict[str, Target | str] = {}
    seen: dict[str, Rule] = {}
    for number, cells in _rows(_decode(data)):
        if number == 1 and cells[0].lower() in HEADINGS:
            continue
        problem = _read_row(number, cells, table, known, seen)
        if problem:
            table.problems.append(
                _("Row %(row)d: %(problem)s") % {"row": number, "problem": problem}
            )
    if not table.rules and not table.problems:
        raise TableUnreadable(_("it has no rows"))
    return table


def _read_row(
    number: int,
    cells: Sequence[str],
    table: Table,
    known: dict[str, Target | str],
    seen: dict[str, Rule],
) -> str:
    """Add a row's rule; give the sentence that says what is wrong with it instead."""
    if len(cells) < 2 or not cells[0] or not cells[1]:
        return _("it needs a path and a record number.")
    try:
        pattern = safe_name(cells[0].removeprefix("./").rstrip("/\\"))
    except UnsafeName as error:
        return str(error)
    if cells[1] not in known:
        known[cells[1]] = _find(cells[1])
    target = known[cells[1]]
    if isinstance(target, str):
        return target
    before = seen.get(pattern)
    if before is not None and before.target.key != target.key:
        return _("%(name)s is given to another record in row %(other)d.") % {
            "name": pattern, "other": before.row,
        }  # fmt: skip
    if before is None:
        rule = Rule(number, pattern, target)
        if not table.has_room_for(rule):
            return _(
                "a table may hold %(most)d patterns; name the others by their paths."
            ) % {"most": MOST_PATTERNS}
        seen[pattern] = rule
        table.add(rule)
    return ""


def _find(reference: str) -> Target | str:
    found = destination().find(reference)
    if len(found) == 1:
        return found[0]
    return str(NoDestination(reference, [target.key for target in found]))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows that hold anything, with their line numbers."""
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, start=1):
            if number > MOST_ROWS:
                raise TableUnreadable(_("it has too many rows"))
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise TableUnreadable(str(error)) from error


def _decode(data: bytes) -> str:
    if len(data) > LARGEST_BYTES:
        raise TableUnreadable(_("it is too large"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TableUnreadable(_("it is not text"))
