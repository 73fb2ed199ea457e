"""What is refused of pictures, one class per cause."""

from pathlib import PurePath

from scans.errors import ScanFileError


class UnknownImage(ScanFileError):
    code = "unknown-image"
    sentence = (
        "{file} is not a picture that can be read here. "
        "Export it as TIFF, PNG or JPEG and add it again."
    )


class CameraRaw(ScanFileError):
    code = "camera-raw"
    sentence = (
        "{file} is a camera maker's own raw file. Convert it to DNG, or export it as "
        "TIFF, and add that."
    )


class UnreadableImage(ScanFileError):
    code = "unreadable-image"
    sentence = (
        "{file} cannot be read as a picture: {reason}. Copy it again from the source, "
        "or save it again as TIFF or PNG."
    )

    def __init__(self, path: PurePath, reason: str) -> None:
        super().__init__(path, reason=reason)


class OversizedImage(ScanFileError):
    code = "oversized-image"
    sentence = (
        "{file} claims {width} × {height} pixels, and the limit is {limit} million. "
        "Make it smaller, or ask the operator to raise the limit."
    )

    def __init__(
        self, path: PurePath, *, width: int, height: int, limit_pixels: int
    ) -> None:
        super().__init__(
            path, width=width, height=height, limit=round(limit_pixels / 1e6)
        )


class TooManyPages(ScanFileError):
    code = "too-many-pages"
    sentence = (
        "{file} claims {pages} pages, and the limit is {limit}. "
        "Split it into several files."
    )

    def __init__(self, path: PurePath, *, pages: int, limit: int) -> None:
        super().__init__(path, pages=pages, limit=limit)


class NoPreview(ScanFileError):
    code = "no-preview"
    sentence = (
        "{file} is a DNG without a preview that can be shown. Export a TIFF or JPEG "
        "from it and add that too."
    )
