"""Requests are parsed as section 4 of the Image API 3.0 has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.iiif.errors import BadParameter, FormatNotOffered
from heritage.iiif.parameters import (
    Limits,
    Words,
    parse,
    parse_region,
    parse_rotation,
    parse_size,
    turned_size,
)

IMAGE = (600, 400)
LIMITS = Limits(pixels=1_000_000)


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("full", (0, 0, 600, 400)),
        ("square", (100, 0, 400, 400)),
        ("10,20,30,40", (10, 20, 30, 40)),
        ("590,390,100,100", (590, 390, 10, 10)),
        ("pct:50,50,50,50", (300, 200, 300, 200)),
        ("pct:41.6,7.5,40,70", (250, 30, 240, 280)),
    ],
)
def test_regions(text: str, box: tuple[int, ...]) -> None:
    assert parse_region(text, IMAGE) == box


@pytest.mark.parametrize(
    "text",
    ["", "Full", "1,2,3", "1,2,3,4,5", "0,0,0,5", "600,0,5,5", "-1,0,5,5", "a,b,c,d",
     "pct:0,0,0,10", "pct:101,0,5,5", "1.5,0,5,5", "٣,0,5,5"],
)  # fmt: skip
def test_regions_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_region(text, IMAGE)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("max", (600, 400)),
        ("300,", (300, 200)),
        (",100", (150, 100)),
        ("pct:50", (300, 200)),
        ("200,300", (200, 300)),
        ("!300,300", (300, 200)),
        ("^1200,", (1200, 800)),
        ("^pct:150", (900, 600)),
        ("^!700,700", (700, 467)),
        ("^300,", (300, 200)),
        ("^max", (1224, 816)),
    ],
)
def test_sizes(text: str, size: tuple[int, int]) -> None:
    assert parse_size(text, IMAGE, LIMITS) == size


@pytest.mark.parametrize(
    "text",
    ["", ",", "!", "!300,", "0,", ",0", "pct:0", "pct:150", "1200,", "601,400", "!700,700",
     "^9999,9999", "max,", "^", "1e3,", "full"],
)  # fmt: skip
def test_sizes_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_size(text, IMAGE, LIMITS)


def test_a_large_image_is_given_within_the_limit() -> None:
    width, height = parse_size("max", (20_000, 14_000), LIMITS)
    assert width * height <= LIMITS.pixels
    assert abs(width / height - 20 / 14) < 0.01


@pytest.mark.parametrize(
    ("text", "turn"),
    [("0", (False, 0)), ("!90", (True, 90)), ("22.5", (False, 22.5)), ("360", (False, 0))],
)  # fmt: skip
def test_rotations(text: str, turn: tuple[bool, float]) -> None:
    assert parse_rotation(text) == turn


@pytest.mark.parametrize("text", ["", "!", "361", "-90", "9O", "nan", "1e2", "!!90"])
def test_rotations_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_rotation(text)


def words(**values: str) -> Words:
    plain = {
        "region": "full", "size": "max", "rotation": "0", "quality": "default",
        "format": "jpg",
    }  # fmt: skip
    return Words(**plain | values)


@pytest.mark.parametrize(
    ("size", "degrees", "turned"),
    [
        ((600, 400), 0, (600, 400)), ((600, 400), 90, (400, 600)),
        ((600, 400), 180, (600, 400)), ((1, 1000), 270, (1000, 1)),
        ((300, 400), 45, (495, 495)), ((300, 400), 135, (495, 495)),
    ],
)  # fmt: skip
def test_the_canvas_of_a_turned_picture(
    size: tuple[int, int], degrees: float, turned: tuple[int, int]
) -> None:
    assert turned_size(size, degrees) == turned


def test_the_limit_holds_for_the_turned_canvas() -> None:
    """A line of a million pixels would be half a million million, turned by 45."""
    image, limits = (60_000, 60_000), Limits(pixels=1_000_000)
    line = words(size="60000,1")
    assert parse(line, image=image, bands=3, limits=limits).size == (60_000, 1)
    for degrees in ("45", "!30.5", "0.1"):
        turned = words(size="60000,1", rotation=degrees)
        with pytest.raises(BadParameter, match="turned"):
            parse(turned, image=image, bands=3, limits=limits)
    assert parse(
        words(size="700,700", rotation="45"), image=image, bands=3, limits=limits
    )


@pytest.mark.parametrize(("form", "side"), [("jpg", 65_500), ("webp", 16_383)])
def test_no_side_is_longer_than_the_format_holds(form: str, side: int) -> None:
    image, limits = (90_000, 2), Limits(pixels=1_000_000)

    def asked(**values: str) -> tuple[int, int]:
        wanted = words(format=form, **values)
        return parse(wanted, image=image, bands=3, limits=limits).size

    assert asked(size=f"{side},1", rotation="90") == (side, 1)
    assert asked(size="max")[0] == asked(size="^max")[0] == side
    for values in ({"size": f"{side + 1},1"}, {"size": f"^2,{side + 1}"}):
        with pytest.raises(BadParameter, match=str(side)):
            asked(**values)


def test_formats_not_made_are_told_from_nonsense() -> None:
    with pytest.raises(FormatNotOffered) as known:
        parse(words(format="tif"), image=IMAGE, bands=3, limits=LIMITS)
    assert known.value.status == 501
    with pytest.raises(BadParameter) as nonsense:
        parse(words(format="xyz"), image=IMAGE, bands=3, limits=LIMITS)
    assert nonsense.value.status == 400


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ({"region": "0,0,600,400", "size": "600,"}, "full/max/0/default.jpg"),
        ({"region": "pct:50,50,50,50"}, "300,200,300,200/max/0/default.jpg"),
        ({"size": "pct:50", "quality": "color"}, "full/300,200/0/default.jpg"),
        ({"size": "^750,", "rotation": "!45.0"}, "full/^750,500/!45/default.jpg"),
        ({"quality": "gray", "format": "png"}, "full/max/0/gray.png"),
    ],
)
def test_canonical_addresses(asked: dict[str, str], canonical: str) -> None:
    request = parse(words(**asked), image=IMAGE, bands=3, limits=LIMITS)
    assert request.canonical == canonical


@given(
    region=st.text(max_size=20), size=st.text(max_size=12), rotation=st.text(max_size=6)
)
def test_any_text_is_parsed_or_refused(region: str, size: str, rotation: str) -> None:
    for asked in ({"region": region}, {"size": size}, {"rotation": rotation}):
        try:
            made = parse(words(**asked), image=IMAGE, bands=3, limits=LIMITS)
        except BadParameter:
            continue
        left, top, width, height = made.box
        assert left + width <= IMAGE[0]
        assert top + height <= IMAGE[1]
        wide, high = turned_size(made.size, made.rotation_deg)
        assert 0 < wide * high <= LIMITS.pixels
