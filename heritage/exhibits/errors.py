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


class UnknownProfile(ExhibitError):
    code = "unknown-profile"
    status = 400

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            _(
                "This device class is given no models “%(name)s”. Take one of: %(known)s."
            )
            % {"name": name, "known": ", ".join(known)}
        )
        self.name, self.known = name, list(known)


class UnknownKey(ExhibitError):
    """A device key that was never issued, has ended or was revoked: the same to all."""

    code = "unknown-device-key"
    status = 401

    def __init__(self) -> None:
        super().__init__(
            _("This device key opens nothing (any more). Ask a curator for a new one.")
        )


class TooManyRequests(ExhibitError):
    code = "too-many-requests"
    status = 429

    def __init__(self, rate: int) -> None:
        super().__init__(
            _("This device key may ask %(rate)s times a minute. Wait, then go on.")
            % {"rate": rate}
        )
        self.rate = rate


class NotACurator(ExhibitError):
    code = "not-a-curator"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _("Only a curator of the collection issues and revokes device keys.")
        )


class UnknownRoom(ExhibitError):
    code = "unknown-room"
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(_("There is no such room in this exhibit."))
        self.key = key


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


class NotASound(ExhibitError):
    """A narration's file that is none, or says something else than its name."""

    code = "not-a-sound"
    status = 400

    def __init__(self, reason: str) -> None:
        sentences = {
            "kind": _(
                "This is no sound file that browsers play. Hand in Ogg or Opus, MP3, M4A (AAC, without a film) or WAV."
            ),
            "ending": _(
                "The file's ending and what is in it do not agree. Save it again from the program it comes from."
            ),
            "broken": _(
                "The sound file is damaged or was cut off. Export it again, then hand it in anew."
            ),
            "empty": _("There is no sound in this file."),
        }
        super().__init__(sentences[reason])
        self.reason = reason


class TooLongASound(ExhibitError):
    """More than visitors can be made to load."""

    code = "sound-too-large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            _(
                "A narration has at most %(limit)s MB. Save it as Opus or MP3, or split it into stops."
            )
            % {"limit": limit_bytes // 1_000_000}
        )
        self.limit_bytes = limit_bytes


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
