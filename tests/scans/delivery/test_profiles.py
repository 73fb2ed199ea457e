"""The page about the levels says what the file says."""

import re
from pathlib import Path

from scans.delivery.profiles import Profile, read_profiles

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "profiles.md"
ROW = re.compile(
    r"\| `(\w+)` \| `(\w+)\.glb` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|"
)


def test_the_page_lists_every_profile_with_its_figures() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    listed = [
        Profile(name, *(int(figure) for figure in figures))
        for name, file, *figures in rows
        if name == file
    ]
    assert listed == list(read_profiles())


def test_levels_grow_and_no_bit_depth_exceeds_its_store() -> None:
    profiles = read_profiles()
    triangles = [profile.triangles for profile in profiles]
    assert triangles == sorted(triangles)
    for profile in profiles:
        depths = (profile.position_bits, profile.normal_bits, profile.colour_bits)
        assert max(depths) <= 16
