"""What exhibits refuse, and what to do about it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class ExhibitError(Exception):
    """Base of everything exhibits raise on purpose."""

    code = "exhibit-error"
    status = 422


class UnknownDevice(ExhibitError):
    code = "unknown-device"
    status = 400

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            _("There is no device class “%(name)s”. Take one of: %(known)s.")
            % {"name": name, "known": ", ".join(known)}
        )
        self.name, self.known = name, list(known)
