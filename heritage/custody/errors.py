"""What custody refuses, and what to do about it."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import Relic
from heritage.lib.languages import filled


class CustodyError(Exception):
    """Base of everything custody raises on purpose."""

    code = "custody-error"
    status = 409


class LedgerStays(CustodyError):
    code = "ledger-stays"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The ledger is only ever added to. Correct the entry: the old text stays."
            )
        )


class NotYourDuty(CustodyError):
    code = "not-your-duty"
    status = 403

    def __init__(self, duties: Sequence[str]) -> None:
        super().__init__(
            _("This is for who has the duty: %(duties)s. An administrator assigns it.")
            % {"duties": ", ".join(duties)}
        )


class DutiesApart(CustodyError):
    """Whoever keeps the ledger does not keep the stores."""

    code = "duties-apart"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Whoever keeps a ledger keeps no store: this account does both, and so "
                "may do neither. An administrator takes one away."
            )
        )


class AlreadyEntered(CustodyError):
    code = "already-entered"

    def __init__(self, register_no: str) -> None:
        super().__init__(
            _("%(number)s stands in the ledger already.") % {"number": register_no}
        )


class NotInLedger(CustodyError):
    code = "not-in-ledger"

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is not in the ledger, or struck off. Enter it first.")
            % {"name": name}
        )


class NothingToCorrect(CustodyError):
    code = "nothing-to-correct"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("A correction needs a text that differs from what stands, and a reason.")
        )


class RequestClosed(CustodyError):
    code = "request-closed"

    def __init__(self, name: str, state: str) -> None:
        super().__init__(
            _("%(name)s is %(state)s, so this cannot be done.")
            % {"name": name, "state": state}
        )


class NotYourTurn(CustodyError):
    code = "not-your-turn"

    def __init__(self, rank: str) -> None:
        super().__init__(
            _("It is answered already. Now it is the turn of: %(rank)s.")
            % {"rank": rank}
        )


class StillToApprove(CustodyError):
    """A grade was raised since: more ranks have to agree than have."""

    code = "still-to-approve"

    def __init__(self, name: str, rank: str) -> None:
        super().__init__(
            _(
                "%(name)s is not approved yet as the grade by now asks: the turn is at "
                "%(rank)s."
            )
            % {"name": name, "rank": rank}
        )


class OwnRequest(CustodyError):
    code = "own-request"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("Nobody approves what he asked for, nor twice. Ask somebody else to.")
        )


class DocumentMissing(CustodyError):
    code = "document-missing"
    status = 422

    def __init__(self, rank: str) -> None:
        super().__init__(
            _(
                "The number of the document is missing with which it was approved: %(rank)s."
            )
            % {"rank": rank}
        )


class NotAvailable(CustodyError):
    """Objects that are out, on another request, or no longer in the collection."""

    code = "not-available"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _(
                "Already out, asked for to be struck off, or of another collection: %(names)s."
            )
            % {"names": "; ".join(names)}
        )


class Unsaid(CustodyError):
    """A form lacks what the paper would have to say."""

    code = "unsaid"
    status = 422

    def __init__(self, what: Sequence[str]) -> None:
        super().__init__(_("Still to be said: %(what)s.") % {"what": ", ".join(what)})


class MovesBySlip(CustodyError, CatalogueError):
    """What stands in the ledger moves on a slip or at a stocktaking, and no other way."""

    code = "moves-by-slip"

    def __init__(self, relic: Relic) -> None:
        super().__init__(
            filled(
                _(
                    "%(name)s stands in the ledger: it is moved on a slip, by the store "
                    "keeper, or at a stocktaking."
                ),
                {"name": relic},
            )
        )


class StandsInLedger(CustodyError, CatalogueError):
    """What a ledger names stays in the register, that its line can be read against it."""

    code = "stands-in-ledger"

    def __init__(self, relic: Relic) -> None:
        super().__init__(
            filled(
                _(
                    "%(name)s stands in the ledger, and so stays in the register: withdraw "
                    "it from the public, or have it deregistered."
                ),
                {"name": relic},
            )
        )


class TooManyLabels(CustodyError):
    code = "too-many-labels"
    status = 422

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("More than %(limit)d labels at once: name a cabinet, or fewer objects.")
            % {"limit": limit}
        )


class UnknownLabel(CustodyError):
    code = "unknown-label"
    status = 404

    def __init__(self, text: str) -> None:
        super().__init__(
            _("%(text)s is no object of this collection.") % {"text": text[:80]}
        )
