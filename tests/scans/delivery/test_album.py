"""Pictures of what a level differs by: drawn for each, kept with it, signed as it lies."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scans.delivery.deviation import Reference
from scans.delivery.levels import build_levels
from scans.delivery.profiles import Profile
from scans.delivery.provenance import Provenance
from scans.delivery.simplify import weld
from tests.scans.delivery.solids import UP_IS_Y, coloured, lumpy, sphere

COARSE = Profile("coarse", 300, 10**6, 14, 8, 12)
ABOUT = Provenance(master_sha512="ab" * 64)


def test_a_level_outside_its_master_is_above_zero() -> None:
    ball, larger = (weld(sphere(r, rings=30, segments=50)) for r in (0.1, 0.102))
    reference = Reference(ball)
    deviation, off_m = reference.measure_and_tell(
        larger.positions.astype(np.float64), larger.triangles
    )
    # Facets of the larger ball lie a little nearer than its vertices.
    assert np.abs(off_m).mean() == pytest.approx(deviation.mean_m, rel=0.01)
    assert off_m.mean() == pytest.approx(0.002, rel=0.01)
    assert (off_m > 0).all()
    smaller = weld(sphere(0.098, rings=30, segments=50))
    _, inside_m = reference.measure_and_tell(
        smaller.positions.astype(np.float64), smaller.triangles
    )
    assert (inside_m < 0).all()


def test_each_level_comes_with_its_pictures_also_from_the_shelf(tmp_path: Path) -> None:
    master = coloured(lumpy(sphere(0.2, rings=30, segments=50), 0.01))
    # A map is allowed, so that the level is looked at beside its master.
    profile = replace(COARSE, colour_px=64)
    told = []
    for name in ("first", "again"):
        out = tmp_path / name
        out.mkdir()
        (report,) = build_levels(
            master, UP_IS_Y, out, lambda fraction: None,
            profiles=[profile], provenance=ABOUT, shelf=tmp_path / "shelf",
        )  # fmt: skip
        told.append(report)
        assert [one["kind"] for one in report.pictures] == ["deviation", "likeness"]
        for picture in report.pictures:
            with Image.open(out / picture["file"]) as image:
                assert image.width > 480
    assert told[0].pictures == told[1].pictures
    one, two = (
        [(tmp_path / run / name).read_bytes() for name in told[0].files]
        for run in ("first", "again")
    )
    assert one == two


def test_a_level_is_looked_at_unless_it_keeps_every_triangle(tmp_path: Path) -> None:
    bare = lumpy(sphere(0.2, rings=30, segments=50), 0.01)
    coarse = replace(COARSE, triangles=2000, colour_px=64)
    whole = replace(coarse, name="whole", triangles=0)
    reports = build_levels(
        bare, UP_IS_Y, tmp_path, lambda fraction: None, profiles=[coarse, whole]
    )
    assert [report.likeness is None for report in reports] == [False, True]
    assert [report.maps for report in reports] == [{}, {}]
