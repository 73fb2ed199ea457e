"""What an upload is refused for. Status codes are those of tus 1.0.0."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.archive.errors import ArchiveError


class UploadError(ArchiveError):
    """Base of what goes wrong with one upload."""


class NoSuchUpload(UploadError):
    code = "no-such-upload"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such upload. Send the file again."))


class UploadGone(UploadError):
    code = "upload-gone"
    status = 410

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "The upload of %(name)s has ended: it was kept, cancelled, or waited too "
                "long. Send the file again if it is not in the list."
            )
            % {"name": name}
        )


class UploadBusy(UploadError):
    code = "upload-busy"
    status = 423

    def __init__(self) -> None:
        super().__init__(
            _("This upload is being written to by another request. Try again shortly.")
        )


class WrongOffset(UploadError):
    code = "wrong-offset"
    status = 409

    def __init__(self, offset: int) -> None:
        super().__init__(
            _("The upload goes on at byte %(offset)s, not where this request begins.")
            % {"offset": offset}
        )
        self.offset = offset


class NameTaken(UploadError):
    code = "name-taken"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s is being sent already. Resume that upload, or cancel it and "
                "send the file again."
            )
            % {"name": name}
        )


class BeyondLength(UploadError):
    code = "beyond-length"
    status = 413

    def __init__(self) -> None:
        super().__init__(
            _("More bytes were sent than the upload said it would have. Send it again.")
        )


class ChunkTooLarge(UploadError):
    code = "chunk-too-large"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            _("A chunk with a checksum may hold at most %(limit)s MB.")
            % {"limit": limit_bytes // 1024**2}
        )


class TooManyUploads(UploadError):
    code = "too-many-uploads"
    status = 429

    def __init__(self, limit: int) -> None:
        super().__init__(
            _(
                "You have %(limit)s unfinished uploads already. Finish or cancel some "
                "before you send more."
            )
            % {"limit": limit}
        )


class TooMuchUnfinished(UploadError):
    code = "too-much-unfinished"
    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            _(
                "Your unfinished uploads would take more than %(limit)s GB. Finish or "
                "cancel some before you send more."
            )
            % {"limit": round(limit_bytes / 1024**3, 1)}
        )


class ChecksumMismatch(UploadError):
    code = "checksum-mismatch"
    status = 460  # tus 1.0.0, checksum extension

    def __init__(self) -> None:
        super().__init__(
            _("The bytes were changed on their way and were dropped. Send them again.")
        )


class BodyCut(UploadError):
    code = "body-cut"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("The connection broke before all bytes had come. Resume the upload.")
        )


class BadHeader(UploadError):
    code = "bad-header"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(_("The header %(name)s cannot be read.") % {"name": name})


class UnknownAlgorithm(UploadError):
    code = "unknown-algorithm"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s is not among the checksums that are known here.")
            % {"name": name}
        )


class LengthMissing(UploadError):
    code = "length-missing"
    status = 411

    def __init__(self) -> None:
        super().__init__(_("The request does not say how many bytes it holds."))


class WrongMediaType(UploadError):
    code = "wrong-media-type"
    status = 415

    def __init__(self) -> None:
        super().__init__(_("Bytes are sent as application/offset+octet-stream."))


class WrongVersion(UploadError):
    code = "wrong-version"
    status = 412

    def __init__(self) -> None:
        super().__init__(_("Only version 1.0.0 of tus is spoken here."))


class WrongMethod(UploadError):
    code = "wrong-method"
    status = 405

    def __init__(self) -> None:
        super().__init__(_("An upload does not know this method."))


class NotAllHere(UploadError):
    code = "not-all-here"
    status = 409

    def __init__(self, count: int) -> None:
        text = ngettext(
            "%(count)d file has not arrived yet. Resume it, or cancel it.",
            "%(count)d files have not arrived yet. Resume them, or cancel them.",
            count,
        )
        super().__init__(text % {"count": count})


class BeingKept(UploadError):
    code = "being-kept"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("These files are being kept at this moment. Wait for it."))


class UploadDamaged(UploadError):
    code = "upload-damaged"
    status = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "%(name)s is no longer what was sent: the server's disk may be damaged. "
                "Cancel it, send it again, and tell the operator."
            )
            % {"name": name}
        )
