"""What is refused about images, and what to do about it."""

from django.utils.translation import gettext as _


class ImageError(Exception):
    """Base of everything images raise on purpose."""

    code = "image-error"
    status = 409


class NotPermitted(ImageError):
    code = "not-permitted"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            _(
                "Only a curator or a volunteer of this relic's collection may do this. "
                "Ask a curator to add you."
            )
        )
