"""What the Image API refuses: section 7 of the specification says with which status."""

from django.utils.translation import gettext as _


class IiifError(Exception):
    """Base of everything that is answered with a problem document."""

    code = "iiif-error"
    status = 400


class BadParameter(IiifError):
    """The address is not one that the specification allows for this image."""

    code = "bad-parameter"

    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(f"{name} “{value[:80]}”: {reason}")
        self.name, self.value = name, value


class FormatNotOffered(IiifError):
    """A format that the specification knows and that is not made here."""

    code = "format-not-offered"
    status = 501

    def __init__(self, name: str) -> None:
        super().__init__(
            _("Images are not given as %(format)s here; ask for jpg, png or webp.")
            % {"format": name}
        )


class NoSuchImage(IiifError):
    code = "not-found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such public image."))


class WithdrawnImage(IiifError):
    code = "withdrawn"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This image was public and has been withdrawn."))


class NoSuchManifest(IiifError):
    code = "not-found"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such public manifest."))


class WithdrawnManifest(IiifError):
    code = "withdrawn"
    status = 410

    def __init__(self) -> None:
        super().__init__(_("This record was public and has been withdrawn."))


class SizeNotOpen(IiifError):
    """The image is public, this size of it is not."""

    code = "size-not-open"
    status = 403

    def __init__(self, address: str) -> None:
        super().__init__(
            _("This size is not public. A smaller one is: %(address)s")
            % {"address": address}
        )


class RenderingFailed(IiifError):
    code = "rendering-failed"
    status = 500

    def __init__(self) -> None:
        super().__init__(
            _("This part could not be made. Ask the museum to check its storage.")
        )


class Busy(IiifError):
    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("Too much is asked for at once. Try again in a moment."))
