"""What a quality sheet is made of: the page and the PDF draw the same parts."""

from dataclasses import dataclass, field
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heritage.captures.media import media_path
from heritage.captures.models import Derivative


class Verdict(Enum):
    """How a check went: told by sign and word, never by colour alone."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, passed: object) -> "Verdict":
        """Read `true`, `false` or `null` of the engine's JSON."""
        if passed is None:
            return cls.UNKNOWN
        return cls.PASSED if passed else cls.FAILED

    @property
    def sign(self) -> str:
        return {"passed": "✓", "failed": "✗", "unknown": "?"}[self.value]

    @property
    def word(self) -> Promise | str:
        return VERDICT_WORDS[self.value]

    @property
    def text(self) -> str:
        return f"{self.sign} {self.word}"


VERDICT_WORDS = {
    "passed": _("passed"),
    "failed": _("not passed"),
    "unknown": _("not known"),
}


@dataclass(frozen=True)
class Measure:
    """A figure with its unit, and what it means in plain words."""

    label: str
    value: str
    about: str = ""


@dataclass(frozen=True)
class Cell:
    """One place of a table."""

    text: str
    is_number: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Column:
    name: str
    is_number: bool


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: list[list[Cell]]
    about: str = ""

    @property
    def columns(self) -> list["Column"]:
        """The headings, and whether numbers stand below each."""
        numeric = [
            any(row[place].is_number for row in self.rows)
            for place in range(len(self.head))
        ]
        return [Column(*one) for one in zip(self.head, numeric, strict=True)]


@dataclass(frozen=True)
class Picture:
    row: Derivative
    caption: str

    @property
    def address(self) -> str:
        return media_path(self.row)


@dataclass(frozen=True)
class Section:
    """One heading of the sheet and what stands below it."""

    slug: str
    title: str
    about: str = ""
    verdict: Verdict | None = None
    sentences: list[str] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """The whole account of one run's quality."""

    title: str
    subject: list[tuple[str, str]]  # what, when, by which run
    sections: list[Section]

    @property
    def verdict(self) -> Verdict | None:
        """How the run stands by the profiles it was held against."""
        found = {section.slug: section.verdict for section in self.sections}
        return found.get("acceptance")
