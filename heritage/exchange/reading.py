"""What a row was read as: plain values by field, and doubts about what was not clear."""

from dataclasses import dataclass
from dataclasses import field as make
from typing import Any, Final

LONGEST_LITERAL: Final = 300


@dataclass(frozen=True)
class Flag:
    """A doubt before it is a row: its kind, the field, the text, and what is proposed."""

    code: str
    field: str
    literal: str
    proposal: dict[str, Any] = make(default_factory=dict)
    facts: dict[str, Any] = make(default_factory=dict)


@dataclass
class Reading:
    """What a row says: plain values by field."""

    identifier: str
    values: dict[str, Any] = make(default_factory=dict)
    flags: list[Flag] = make(default_factory=list)

    def add(self, key: str, value: Any) -> None:
        """Fill a field that is empty; lists grow."""
        if value in ("", None):
            return
        if isinstance(value, list):
            held = self.values.setdefault(key, [])
            held += [one for one in value if one not in held]
        else:
            self.values.setdefault(key, value)

    def doubt(self, code: str, key: str, literal: str, **more: Any) -> None:
        self.flags.append(Flag(code, key, literal[:LONGEST_LITERAL], **more))
