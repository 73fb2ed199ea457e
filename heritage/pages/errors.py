"""What the public pages refuse, and what to do about it."""

from django.utils.translation import gettext as _


class AskingError(Exception):
    """Base of what answers to visitors' requests raise on purpose."""

    code = "asking-error"
    status = 422


class NotACurator(AskingError):
    code = "not-a-curator"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Only a curator of the collection answers this."))


class AnsweredAlready(AskingError):
    code = "answered-already"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _("Somebody has answered this meanwhile. Load the page again.")
        )


class ListIsFull(AskingError):
    code = "list-is-full"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "More has been sent to this collection than its curators can read at"
                " present. Try again in some days."
            )
        )


class TooOften(AskingError):
    code = "too-often"
    status = 429

    def __init__(self) -> None:
        super().__init__(
            _("Too much was sent from your network in the last hour. Try again later.")
        )
