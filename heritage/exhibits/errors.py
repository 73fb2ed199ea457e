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


class NotPermitted(ExhibitError):
    code = "not-permitted"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only a curator or a volunteer of this relic's collection may do this. Ask a curator to add you."
            )
        )


class ShownHotspots(ExhibitError):
    """A volunteer's save would change what the public sees."""

    code = "shown-hotspots"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Hotspots that the public sees are changed, moved and removed by curators. Add yours beside them: a curator can show them."
            )
        )


class NotJoined(ExhibitError):
    """A model that cannot stand in one file with others."""

    code = "not-joinable"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "These models cannot be joined into one file. Ask for another profile, or for a smaller exhibit."
            )
        )


class ChangedMeanwhile(ExhibitError):
    """Somebody else saved since this person's page was loaded."""

    code = "changed-meanwhile"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else saved these hotspots while you were working on them. Yours are still on this page: open it in another window, compare, then save again."
            )
        )


class TooManyHotspots(ExhibitError):
    code = "too-many-hotspots"

    def __init__(self, most: int) -> None:
        super().__init__(
            _("At most %(most)s hotspots on one relic. Join or remove some.")
            % {"most": most}
        )


class NotAHotspot(ExhibitError):
    """Part of a hotspot is missing, too long, or of another kind than it should be."""

    code = "not-a-hotspot"
    status = 400

    def __init__(self, name: str) -> None:
        sentences = {
            "title": _("A hotspot needs a title, in Chinese or in English."),
            "image": _("This picture does not belong to the relic. Choose another."),
        }
        general = _("“%(name)s” of a hotspot cannot be read, or is too long.")
        super().__init__(sentences.get(name, general % {"name": name}))
        self.name = name


class NotAnArrangement(ExhibitError):
    """A place that is none: a figure out of bounds, or of something not in the exhibit."""

    code = "not-an-arrangement"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "The arrangement was not saved: “%(name)s” is not in this exhibit, or out of bounds. Load the page again."
            )
            % {"name": name}
        )
        self.name = name
