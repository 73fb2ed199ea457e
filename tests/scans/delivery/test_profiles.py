"""The profiles: the page says what the file says, and a museum's own are checked."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scans.delivery.errors import BadProfile
from scans.delivery.profiles import Profile, choose_profiles, read_profiles

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "profiles.md"
OURS = {"triangles": 9000, "bytes": 90_000, "position_bits": 12, "normal_bits": 8, "colour_bits": 12}  # fmt: skip


def told(profile: Profile) -> list[str]:
    """A profile as the page has it, without what it is for."""

    def picture(px: int, codec: str) -> str:
        return f"{px} {codec}" if px else "none"

    return [
        f"`{profile.name}`",
        f"`{profile.file}`",
        profile.on,
        *map(str, (profile.triangles, profile.bytes, profile.gpu_bytes)),
        f"{profile.error_share:g}",
        picture(profile.colour_px, profile.colour_codec),
        picture(profile.normal_px, profile.normal_codec),
    ]


def test_the_page_lists_every_profile_with_its_figures() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [re.split(r" \| ", line[2:])[:9] for line in lines if ".glb` |" in line]
    assert rows == [told(profile) for profile in read_profiles()]


def test_no_bit_depth_exceeds_its_store() -> None:
    for profile in read_profiles():
        depths = (profile.position_bits, profile.normal_bits, profile.colour_bits)
        assert max(depths) <= 16


def test_thumb_headset_and_web_are_made_for_every_relic() -> None:
    always = [profile.name for profile in choose_profiles(read_profiles())]
    assert always == ["thumb", "headset", "web"]


def test_profiles_are_chosen_by_name() -> None:
    chosen = choose_profiles(read_profiles(), ["desktop", "phone"])
    assert [profile.name for profile in chosen] == ["phone", "desktop"]
    with pytest.raises(BadProfile, match="none of that name"):
        choose_profiles(read_profiles(), ["phone", "fridge"])


def test_a_museum_adds_and_replaces_profiles(tmp_path: Path) -> None:
    rows = {"kiosk": OURS | {"colour_px": 256}, "thumb": OURS}
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(rows))
    profiles = {profile.name: profile for profile in read_profiles(path)}
    assert profiles["kiosk"].colour_px == 256
    assert profiles["thumb"].triangles == 9000
    assert profiles["headset"].triangles == 50_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"triangle": 1}, "means nothing"),
        ({"triangles": "many"}, "triangles cannot be 'many'"),
        ({"triangles": True}, "triangles cannot be True"),
        ({"bytes": -1}, "bytes cannot be -1"),
        ({"position_bits": 17}, "between 0 and 16"),
        ({"position_bits": 0}, "0 together"),
        ({"colour_px": 500}, "power of two"),
        ({"colour_codec": "gif"}, "one of etc1s"),
        ({"on": "sundays"}, "always"),
        ({"error_share": "much"}, "error_share"),
    ],
)
def test_a_wrong_profile_is_refused_with_a_sentence(
    change: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({"kiosk": OURS | change}))
    with pytest.raises(BadProfile, match=reason):
        read_profiles(path)


@pytest.mark.parametrize(
    "text", ["", "[kiosk]\ntriangles = ", "[Kiosk]\na = 1", "kiosk = 3"]
)
def test_a_file_that_holds_no_profile_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(text)
    if text:
        with pytest.raises(BadProfile):
            read_profiles(path)
    else:
        assert read_profiles(path) == read_profiles()


def test_a_value_that_lacks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ours.json"
    path.write_text(json.dumps({"kiosk": {"triangles": 1}}))
    with pytest.raises(BadProfile, match="it lacks"):
        read_profiles(path)
