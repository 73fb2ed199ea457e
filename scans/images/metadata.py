"""What a picture file says of itself: EXIF, IPTC, XMP and its colour profile.

Two parts come out: `told`, and `private`, which holds where the picture was taken and by
whose device. Nothing of a file is trusted: texts are cut, counts are limited, and XML with
a document type is not read at all.
"""

import io
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from PIL import ExifTags, Image, ImageCms, IptcImagePlugin
from PIL.ImageFile import ImageFile

from scans.images.opening import BROKEN

MOST_CHARACTERS = 500
MOST_ENTRIES = 200
MOST_XMP_BYTES = 1_000_000
GPS = "GPSInfo"
# Of persons and devices; `GPS…` besides, wherever it stands.
PRIVATE = {
    "CameraOwnerName", "BodySerialNumber", "LensSerialNumber", "CameraSerialNumber",
    "SerialNumber", "OwnerName", "Location", "City", "Country", "State", "LocationCreated",
    "LocationShown", "CountryCode", "Sub-location", "HostComputer",
    # The same in the structures of IPTC's schema for XMP, which may stand by themselves.
    "Sublocation", "ProvinceState", "CountryName", "WorldRegion", "LocationName",
    "LocationId", "CreatorContactInfo", "CiAdrExtadr", "CiAdrCity", "CiAdrRegion",
    "CiAdrPcode", "CiAdrCtry", "CiTelWork", "CiEmailWork",
}  # fmt: skip
DROPPED = {"MakerNote", "UserComment", "PrintImageMatching", "XMLPacket", "ExifOffset", "GPSInfo", "InteropOffset", "Padding", "OffsetSchema", "JPEGTables", "StripOffsets", "StripByteCounts", "TileOffsets", "TileByteCounts", "ImageResources", "InterColorProfile", "IPTCNAA", "JPEGInterchangeFormat", "JpegIFOffset", "JpegIFByteCount"}  # fmt: skip
# IPTC IIM 4.2, record 2.
IPTC = {
    5: "ObjectName", 25: "Keywords", 40: "SpecialInstructions", 55: "DateCreated",
    80: "By-line", 85: "By-lineTitle", 90: "City", 92: "Sub-location", 95: "State",
    100: "CountryCode", 101: "Country", 105: "Headline", 110: "Credit", 115: "Source",
    116: "CopyrightNotice", 120: "Caption", 122: "Writer",
}  # fmt: skip
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XMP_SPACES = {
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
}
Part = dict[str, dict[str, Any]]


@dataclass
class Metadata:
    """By standard (exif, iptc, xmp, icc), then by field."""

    told: Part = field(default_factory=dict)
    private: Part = field(default_factory=dict)

    def add(self, standard: str, name: str, value: Any) -> None:
        plain = name.rpartition(":")[2]
        is_private = plain in PRIVATE or plain.startswith("GPS")
        part = self.private if is_private else self.told
        fields = part.setdefault(standard, {})
        if len(fields) < MOST_ENTRIES:
            fields[name] = value


def read_metadata(path: Path) -> Metadata:
    """Read what there is; a broken part is left out, for the picture itself may be well."""
    found = Metadata()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as picture:
                for read in (_exif, _iptc, _xmp, _icc):
                    _carefully(read, picture, found)
    except BROKEN:
        return found
    return found


def _carefully(read: Any, picture: ImageFile, found: Metadata) -> None:
    try:
        read(picture, found)
    except (*BROKEN, Xml.ParseError, ImageCms.PyCMSError):
        return


def _exif(picture: ImageFile, found: Metadata) -> None:
    exif = picture.getexif()
    parts = (
        (dict(exif), ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.Exif), ExifTags.TAGS),
        (exif.get_ifd(ExifTags.IFD.GPSInfo), ExifTags.GPSTAGS),
    )
    for values, names in parts:
        for name, value in _named(values, names):
            found.add("exif", name, value)


def _named(
    values: Mapping[int, Any], names: Mapping[int, str]
) -> Iterator[tuple[str, Any]]:
    for tag, value in values.items():
        name = names.get(tag)
        plain = _plain(value)
        if name is None or name in DROPPED or plain is None:
            continue
        # Two GPS tags carry no prefix of their own.
        gps = names is ExifTags.GPSTAGS and not name.startswith("GPS")
        yield f"GPS{name}" if gps else name, plain


def _plain(value: Any) -> Any:
    """Make a value fit for JSON; None for what is no text and no number."""
    if isinstance(value, bytes):
        text = value.rstrip(b"\0")
        return _text(text.decode("ascii")) if text.isascii() and text else None
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, tuple | list):
        plain = [_plain(one) for one in value[:16]]
        return plain if all(one is not None for one in plain) else None
    return _number(value)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    is_finite = number == number and abs(number) != float("inf")
    return round(number, 8) if is_finite else None


def _text(text: str) -> str | None:
    kept = "".join(c for c in text if c.isprintable() or c in "\n\t").strip()
    return kept[:MOST_CHARACTERS] or None


def _iptc(picture: ImageFile, found: Metadata) -> None:
    records = IptcImagePlugin.getiptcinfo(picture) or {}
    for (record, number), value in records.items():
        if record != 2 or number not in IPTC:
            continue
        values = value if isinstance(value, list) else [value]
        texts = [_text(one.decode("utf-8", "replace")) for one in values[:50]]
        kept = [text for text in texts if text]
        if kept:
            found.add("iptc", IPTC[number], kept if len(kept) > 1 else kept[0])


def _xmp(picture: ImageFile, found: Metadata) -> None:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    if not packet and hasattr(picture, "tag_v2"):
        packet = picture.tag_v2.get(700, b"")
    raw = packet.encode() if isinstance(packet, str) else bytes(packet)
    raw = raw.strip(b"\0 \r\n")
    # A document type may define entities that grow without end.
    if (
        not raw
        or len(raw) > MOST_XMP_BYTES
        or b"<!DOCTYPE" in raw
        or b"<!ENTITY" in raw
    ):
        return
    for description in Xml.fromstring(raw).iter(f"{RDF}Description"):  # noqa: S314
        for key, value in description.attrib.items():
            _add_xmp(found, key, value)
        for child in description:
            texts = [t for t in (_text(x) for x in child.itertext()) if t][:50]
            if texts:
                _add_xmp(found, child.tag, texts[0] if len(texts) == 1 else texts)


def _add_xmp(found: Metadata, tag: str, value: Any) -> None:
    space, _, name = tag.removeprefix("{").partition("}")
    prefix = XMP_SPACES.get(space)
    plain = _text(value) if isinstance(value, str) else value
    if prefix and plain:
        found.add("xmp", f"{prefix}:{name}", plain)


def _icc(picture: ImageFile, found: Metadata) -> None:
    profile = picture.info.get("icc_profile")
    if not profile:
        return
    opened = ImageCms.getOpenProfile(io.BytesIO(profile))
    name = _text(ImageCms.getProfileDescription(opened) or "")
    found.add("icc", "ProfileDescription", name or "?")
    found.add("icc", "ColourSpace", str(opened.profile.xcolor_space).strip())
    found.add("icc", "Bytes", len(profile))
