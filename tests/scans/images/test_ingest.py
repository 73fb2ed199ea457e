"""Pictures of every kind come out upright, in sRGB, without what is private."""

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms
from PIL.Image import Exif

from scans.errors import ScanError
from scans.images.errors import (
    CameraRaw,
    NoPreview,
    OversizedImage,
    UnknownImage,
    UnreadableImage,
)
from scans.images.ingest import ingest
from scans.images.opening import Bounds
from scans.images.pyramid_file import read_pyramid

from .pictures import as_bytes, bomb_png, corners, noise, save, write_dng

BOUNDS = Bounds(pixels=50_000_000, pages=20)
RED, LIME, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def shown(path: Path, out: Path, page: str = "page-0000.tif") -> Image.Image:
    """Ingest and give the largest level."""
    ingest(path, out, BOUNDS)
    return Image.open(out / page).convert("RGB")


def is_near(one: object, other: tuple[int, ...], within: int = 12) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def look_at_corners(picture: Image.Image, within: int = 12) -> None:
    assert picture.size == (48, 32)
    assert is_near(picture.getpixel((6, 4)), RED, within)
    assert is_near(picture.getpixel((42, 4)), LIME, within)
    assert is_near(picture.getpixel((6, 28)), BLUE, within)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("a.png", {}),
        ("a.jpg", {"quality": 95, "subsampling": 0}),
        ("a.webp", {"lossless": True}),
        ("a.avif", {"quality": 95, "subsampling": "4:4:4"}),
        ("a.jp2", {}),
        ("a.tif", {}),
        ("tiled.tif", {"compression": "tiff_lzw"}),
        ("big.tif", {"big_tiff": True}),
    ],
)
def test_each_kind_is_shown_as_it_is(
    name: str, how: dict[str, object], tmp_path: Path
) -> None:
    look_at_corners(
        shown(save(corners(), tmp_path / name, **how), tmp_path / "out"), 20
    )


@pytest.mark.parametrize("mode", ["P", "RGBA", "CMYK"])
def test_other_colour_models_become_srgb(mode: str, tmp_path: Path) -> None:
    path = save(corners(mode), tmp_path / "a.tif")
    # Inks without a profile are those of usual print, whose green is far from lime.
    picture = shown(path, tmp_path / "out")
    assert picture.size == (48, 32)
    red = picture.getpixel((6, 4))
    assert isinstance(red, tuple)
    assert red[0] > 200
    assert max(red[1:]) < (90 if mode == "CMYK" else 12)


def half_clear(mode: str = "RGBA") -> Image.Image:
    """The corners, with the lower half quite transparent and black beneath."""
    picture = corners(mode)
    picture.paste(Image.new(mode, (48, 16)), (0, 16))
    return picture


@pytest.mark.parametrize(
    ("mode", "name"), [("RGBA", "a.png"), ("RGBA", "a.webp"), ("RGBA", "a.tif"), ("LA", "a.png")]
)  # fmt: skip
def test_what_is_see_through_stays_so(mode: str, name: str, tmp_path: Path) -> None:
    path = save(half_clear(mode), tmp_path / name, lossless=True)
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["pages"][0]["notes"] == ("image-see-through",)
    read = read_pyramid(tmp_path / "out" / "page-0000.tif")
    assert read.bands == len(mode)
    assert read.stored_tile(0, 0, 0) is None  # which would be no JPEG
    alpha = Image.open(tmp_path / "out" / "page-0000.tif").getchannel("A")
    assert (alpha.getpixel((6, 4)), alpha.getpixel((6, 28))) == (255, 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_band_that_shows_nothing_through_is_left_out(
    mode: str, tmp_path: Path
) -> None:
    path = save(corners(mode), tmp_path / "a.png")
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["pages"][0]["notes"] == ()
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["page-0000.tif"]
    pyramid = read_pyramid(tmp_path / "out" / "page-0000.tif")
    assert pyramid.bands == len(mode) - 1
    assert pyramid.levels[0].is_jpeg


def test_sixteen_bits_of_transparency_become_eight(tmp_path: Path) -> None:
    pixels = np.full((32, 48, 4), 65535, np.uint16)
    pixels[:, 24:, 3] = 0x8000
    pyvips.Image.new_from_memory(pixels.tobytes(), 48, 32, 4, "ushort").copy(
        interpretation="rgb16"
    ).pngsave(str(tmp_path / "a.png"))
    ingest(tmp_path / "a.png", tmp_path / "out", BOUNDS)
    picture = Image.open(tmp_path / "out" / "page-0000.tif")
    alpha = picture.getchannel("A")
    assert (alpha.getpixel((3, 3)), alpha.getpixel((40, 3))) == (255, 128)


def test_lab_and_sixteen_bits_become_srgb(tmp_path: Path) -> None:
    colours = pyvips.Image.new_from_memory(
        corners().tobytes(), 48, 32, 3, "uchar"
    ).copy(interpretation="srgb")
    colours.colourspace("lab").tiffsave(str(tmp_path / "lab.tif"))
    colours.colourspace("rgb16").tiffsave(str(tmp_path / "deep.tif"))
    look_at_corners(shown(tmp_path / "lab.tif", tmp_path / "one"), 16)
    look_at_corners(shown(tmp_path / "deep.tif", tmp_path / "two"))


def test_an_embedded_profile_is_applied(tmp_path: Path) -> None:
    """Under a profile whose red and blue are exchanged the same numbers look so."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exchanged = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ")
    exchanged = exchanged.replace(b"????", b"bXYZ")
    path = save(corners(), tmp_path / "a.tif", icc_profile=exchanged)
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["metadata"]["icc"]["ColourSpace"] == "RGB"
    picture = Image.open(tmp_path / "out" / "page-0000.tif").convert("RGB")
    assert is_near(picture.getpixel((6, 4)), BLUE)
    assert is_near(picture.getpixel((6, 28)), RED)


def test_a_broken_profile_is_noted_and_left_aside(tmp_path: Path) -> None:
    path = save(corners(), tmp_path / "a.png", icc_profile=b"no profile at all" * 20)
    found = ingest(path, tmp_path / "out", BOUNDS)
    look_at_corners(Image.open(tmp_path / "out" / "page-0000.tif").convert("RGB"))
    assert found["pages"][0]["notes"] in [(), ("image-profile-unusable",)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int, tmp_path: Path) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = corners()
    if orientation in undo:
        picture = picture.transpose(undo[orientation])
    exif = Exif()
    exif[0x0112] = orientation
    how = {"quality": 95, "subsampling": 0, "exif": exif}
    path = save(picture, tmp_path / "a.jpg", **how)
    look_at_corners(shown(path, tmp_path / "out"), 30)


def test_place_and_device_are_kept_apart(tmp_path: Path) -> None:
    exif = Exif()
    exif[0x010F] = "Camera & Sons"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0)})
    exif.get_ifd(0x8769).update({0xA431: "serial-77", 0x9003: "2026:11:21 10:00:00"})
    path = save(corners(), tmp_path / "a.jpg", exif=exif)
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["metadata"]["exif"]["Make"] == "Camera & Sons"
    assert found["metadata"]["exif"]["DateTimeOriginal"] == "2026:11:21 10:00:00"
    private = found["private_metadata"]["exif"]
    assert private["GPSLatitude"] == [31.0, 14.0, 5.0]
    assert private["BodySerialNumber"] == "serial-77"
    assert "GPS" not in str(found["metadata"])
    # What is delivered tells nothing of either.
    assert b"serial-77" not in (tmp_path / "out" / "page-0000.tif").read_bytes()


def test_xmp_is_read_without_growing_entities(tmp_path: Path) -> None:
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"'
    good = f'<x xmlns="adobe:ns:meta/"><rdf:RDF {rdf}><rdf:Description dc:format="image/tiff" exif:GPSLatitude="31,14N"/></rdf:RDF></x>'
    for text, expected in ((good, "image/tiff"), ("<!DOCTYPE x>" + good, None)):
        path = save(corners(), tmp_path / "a.jpg", xmp=text.encode())
        found = ingest(path, tmp_path / "out", BOUNDS)
        assert found["metadata"].get("xmp", {}).get("dc:format") == expected
        assert "GPS" not in str(found["metadata"])


def test_places_in_the_structures_of_iptc_are_private(tmp_path: Path) -> None:
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "e": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "c": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
        "dc": "http://purl.org/dc/elements/1.1/",
    }
    named = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in spaces.items())
    place = (
        'e:City="secret" e:Sublocation="secret" e:ProvinceState="secret" '
        'e:CountryName="secret" e:CountryCode="secret" e:WorldRegion="secret" '
        'e:LocationName="secret"'
    )
    person = 'c:CiAdrCity="secret" c:CiTelWork="secret" c:CiEmailWork="secret"'
    text = (
        f"<rdf:RDF {named}><rdf:Description dc:format='x' dc:title='\u200b'>"
        f"<e:LocationShown><rdf:Bag><rdf:li><rdf:Description {place}/></rdf:li></rdf:Bag>"
        f"</e:LocationShown><c:CreatorContactInfo><rdf:Description {person}/>"
        "</c:CreatorContactInfo></rdf:Description></rdf:RDF>"
    )
    path = save(corners(), tmp_path / "a.jpg", xmp=text.encode())
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["metadata"]["xmp"] == {"dc:format": "x"}
    assert set(found["private_metadata"]["xmp"].values()) == {"secret"}
    assert len(found["private_metadata"]["xmp"]) == 10


def test_each_page_has_a_pyramid_and_smaller_copies_have_none(tmp_path: Path) -> None:
    pages = [corners(), corners().rotate(180), corners("L")]
    path = tmp_path / "book.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    assert [p["page"] for p in ingest(path, tmp_path / "a", BOUNDS)["pages"]] == [
        0,
        1,
        2,
    ]
    # A pyramid as it comes from other programs: its levels are no pages.
    noise(1500, 1000).tiffsave(str(tmp_path / "p.tif"), tile=True, pyramid=True)
    assert len(ingest(tmp_path / "p.tif", tmp_path / "b", BOUNDS)["pages"]) == 1


def test_a_dng_shows_its_embedded_preview(tmp_path: Path) -> None:
    jpeg = as_bytes(corners(), "JPEG", quality=95, subsampling=0)
    path = write_dng(tmp_path / "a.dng", jpeg)
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["format"] == "DNG"
    look_at_corners(Image.open(tmp_path / "out" / "page-0000.tif").convert("RGB"), 30)


def test_a_heic_is_read(shared_data: Path, tmp_path: Path) -> None:
    (path,) = shared_data.glob("images/heic/**/*.heic")
    found = ingest(path, tmp_path / "out", BOUNDS)
    assert found["format"] == "HEIC"
    assert found["pages"][0]["width"] > 1000


def broken_files() -> dict[str, tuple[bytes, type[ScanError]]]:
    jpeg, tiff = as_bytes(corners(), "JPEG"), as_bytes(corners(), "TIFF")
    return {
        "text.jpg": (b"hello, this is no picture at all", UnknownImage),
        "empty.tif": (b"", UnknownImage),
        "vector.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnknownImage),
        "cut.jpg": (jpeg[: len(jpeg) * 2 // 3], UnreadableImage),
        "cut.tif": (tiff[:100], UnreadableImage),
        "bomb.png": (bomb_png(60_000, 60_000), OversizedImage),
        "camera.nef": (tiff, CameraRaw),
        "loop.tif": (b"II*\0\x08\0\0\0\0\0\x08\0\0\0", UnreadableImage),
    }


@pytest.mark.parametrize("name", broken_files())
def test_what_cannot_be_read_is_refused_with_reason_and_cure(
    name: str, tmp_path: Path
) -> None:
    content, refusal = broken_files()[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(refusal) as told:
        ingest(path, tmp_path / "out", BOUNDS)
    assert str(told.value).startswith(name)
    assert str(told.value).endswith(".")


def test_a_dng_without_a_preview_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoPreview):
        ingest(write_dng(tmp_path / "a.dng", b"no jpeg"), tmp_path / "out", BOUNDS)


def test_a_broken_part_of_the_metadata_is_left_out(tmp_path: Path) -> None:
    out = io.BytesIO()
    corners().save(out, "JPEG", exif=b"Exif\0\0broken")
    (tmp_path / "a.jpg").write_bytes(out.getvalue())
    assert ingest(tmp_path / "a.jpg", tmp_path / "out", BOUNDS)["format"] == "JPEG"
