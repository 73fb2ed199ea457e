"""What the exchange refuses, and what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .words import TABLE_FAULTS


class ExchangeError(Exception):
    """Base of everything the exchange raises on purpose."""

    code = "exchange-error"
    status = 422


class UnreadableTable(ExchangeError):
    """A file that is no table we read; `fault` says why."""

    code = "unreadable-table"

    def __init__(self, fault: str, facts: Mapping[str, Any]) -> None:
        super().__init__(str(TABLE_FAULTS[fault]) % {"reason": "", **facts})
        self.fault = fault
        self.facts = dict(facts)


class BadMapping(ExchangeError):
    """A mapping that cannot be used; `reasons` names all that is wrong with it."""

    code = "bad-mapping"

    def __init__(self, name: str, reasons: list[str]) -> None:
        super().__init__(
            _("The mapping %(name)s cannot be used: %(reasons)s")
            % {"name": name, "reasons": " ".join(reasons)}
        )
        self.reasons = reasons


class WrongMoment(ExchangeError):
    """The load or change is in a state in which this cannot be done."""

    code = "wrong-moment"
    status = 409

    def __init__(self, state: str) -> None:
        super().__init__(
            _("It is %(state)s by now, so this cannot be done.") % {"state": state}
        )


class AuthorLost(ExchangeError):
    """Whoever a load is entered for has no account any more, or may not load here."""

    code = "author-lost"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "The account that this load is entered for is closed, or curates the "
                "collection no longer. What is entered stays. Another curator can go on."
            )
        )


class UndoLost(ExchangeError):
    """Whoever takes a load back has no account any more, or curates here no longer."""

    code = "undo-lost"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "The account that takes this load back is closed, or curates the "
                "collection no longer. Another curator can take the rest back."
            )
        )


class NothingToDo(ExchangeError):
    """A change that names no relic, or says nothing of what is to be done."""

    code = "nothing-to-do"

    def __init__(self) -> None:
        super().__init__(_("Say first what is to be changed."))
