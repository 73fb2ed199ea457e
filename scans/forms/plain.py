"""Plain wares, turned on a wheel: bodies that look alike from all around.

No scan of them tells how far it was turned about the axis. A painted one tells by its
colours alone, a handled one by its handle; a casket is all flat sides.
"""

import numpy as np
from numpy.typing import NDArray

from scans.forms.parts import (
    Random,
    bare,
    boss,
    capped,
    loop_handle,
    paint_of,
    shift_by,
    smooth_path,
    smooth_profile,
)
from scans.forms.relief import Pattern, clouds
from scans.forms.solids import Ornament, Paint, box, joined, swept, turned
from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

# Facets of a wheel-turned body: 960 leave it round to 0.5 micrometres at 0.1 m.
AROUND = 960


def plain_bowl(random: Random) -> Mesh:
    """A white bowl on a foot ring, without any ornament."""
    r, h = random.uniform(0.075, 0.095), random.uniform(0.06, 0.075)
    outside = [(0, 0.006), (0.024, 0.006), (0.026, 0), (0.031, 0), (0.033, 0.01)]
    wall = [(r * 0.72, h * 0.4), (r - 0.003, h * 0.8), (r, h)]
    inside = [(r - 0.004, h), (r * 0.68, h * 0.46), (0.022, 0.016), (0, 0.014)]
    return _wheel([*outside, *wall, *inside], (0.94, 0.94, 0.92))


def plain_vase(random: Random) -> Mesh:
    """A celadon vase with a narrow neck, without any ornament."""
    belly, h = random.uniform(0.06, 0.08), random.uniform(0.22, 0.26)
    outside = [(0, 0.005), (0.034, 0.005), (0.036, 0), (0.042, 0.001), (0.046, 0.02)]
    wall = [(belly, h * 0.42), (belly * 0.86, h * 0.62), (0.026, h * 0.8)]
    mouth = [
        (0.022, h * 0.9),
        (0.036, h),
        (0.032, h),
        (0.018, h * 0.9),
        (0.022, h * 0.8),
    ]
    inside = [(belly * 0.8, h * 0.62), (belly - 0.006, h * 0.42), (0, 0.016)]
    return _wheel([*outside, *wall, *mouth, *inside], (0.66, 0.76, 0.66))


def plain_dish(random: Random) -> Mesh:
    """A flat dish with a broad rim, without any ornament."""
    r, h = random.uniform(0.1, 0.13), random.uniform(0.025, 0.035)
    outside = [(0, 0.005), (r * 0.5, 0.005), (r * 0.52, 0), (r * 0.56, 0)]
    wall = [(r * 0.66, 0.008), (r * 0.8, h * 0.8), (r, h), (r, h + 0.004)]
    inside = [(r * 0.78, h * 0.8 + 0.004), (r * 0.62, 0.012), (0, 0.01)]
    return _wheel([*outside, *wall, *inside], (0.82, 0.86, 0.88))


def plain_bottle(random: Random) -> Mesh:
    """A dark bottle, without any ornament."""
    belly, h = random.uniform(0.05, 0.06), random.uniform(0.2, 0.24)
    outside = [(0, 0.004), (0.036, 0.004), (0.038, 0), (0.044, 0.002)]
    wall = [(belly, h * 0.15), (belly, h * 0.5), (0.018, h * 0.66), (0.014, h * 0.9)]
    mouth = [(0.02, h), (0.016, h), (0.009, h * 0.9), (0, h * 0.85)]
    return _wheel([*outside, *wall, *mouth], (0.28, 0.2, 0.16))


def painted_jar(random: Random) -> Mesh:
    """A jar that is round and smooth, and painted differently on all sides."""
    belly, h = random.uniform(0.075, 0.09), random.uniform(0.15, 0.18)
    outside = [(0, 0.005), (0.05, 0.005), (0.052, 0), (0.058, 0.002), (0.06, 0.02)]
    wall = [(belly, h * 0.55), (belly * 0.9, h * 0.8), (0.05, h * 0.92), (0.052, h)]
    inside = [(0.047, h), (0.045, h * 0.92), (belly * 0.8, h * 0.7), (0, 0.014)]
    profile = smooth_profile([*outside, *wall, *inside])
    around = 2 * np.pi * belly
    strokes = clouds(random, width=around, low=0.09, high=0.2, count=8, step=0.0008)
    paint = paint_of(random, (0.9, 0.88, 0.8), (0.8, 0.74, 0.6), (0.62, 0.28, 0.18))
    # No height: the strokes are colour only.
    pattern = Pattern(strokes, 0.004, 0.0, around)
    return turned(profile, Ornament((pattern,), paint), around=AROUND, along=240)


def handled_jug(random: Random) -> Mesh:
    """A plain jug with one handle and a small knob: only these tell its sides."""
    belly, h = random.uniform(0.055, 0.065), random.uniform(0.16, 0.19)
    outside = [(0, 0.004), (0.038, 0.004), (0.04, 0), (0.046, 0.002)]
    wall = [(belly, h * 0.35), (belly * 0.94, h * 0.55), (0.036, h * 0.8), (0.042, h)]
    inside = [(0.038, h), (0.032, h * 0.8), (belly * 0.86, h * 0.5), (0, 0.012)]
    glaze = _even_paint((0.5, 0.4, 0.28))
    body = turned(
        smooth_profile([*outside, *wall, *inside]), bare(glaze), around=AROUND
    )
    path = smooth_path(
        [
            np.array([0.0, h * 0.9, -0.034]),
            np.array([0.0, h * 0.95, -0.075]),
            np.array([0.0, h * 0.6, -belly - 0.042]),
            np.array([0.0, h * 0.36, -belly - 0.02]),
            np.array([0.0, h * 0.3, -belly + 0.006]),
        ]
    )
    handle = swept(path, capped(path, 0.008, 0.008), bare(glaze))
    angle = random.uniform(-0.6, 0.6)
    knob = np.array(
        [0.93 * belly * np.sin(angle), h * 0.58, 0.93 * belly * np.cos(angle)]
    )
    return joined([body, handle, boss(knob, bare(glaze))])


def casket(random: Random) -> Mesh:
    """A box with a flat lid that stands out, flat sides and a flat base."""
    size = np.array([random.uniform(0.14, 0.17), 0.07, random.uniform(0.1, 0.12)])
    paint = paint_of(random, (0.42, 0.24, 0.13), (0.54, 0.34, 0.19), (0.3, 0.16, 0.09))
    metal = bare(_even_paint((0.7, 0.58, 0.3)))
    body = box(size, bare(paint), rounding=0.003, steps=120)
    lid = box(size * [1.08, 0.2, 1.1], bare(paint), rounding=0.002, steps=120)
    lock = box(np.array([0.024, 0.03, 0.008]), metal, rounding=0.002, steps=40)
    ring = loop_handle(np.array([0.02, 0.083, 0.012]), 0.016, 0.004, metal)
    knobs = [
        boss(np.array([x * size[0], y, z * size[2]]), metal)
        for x, y, z in ((0.5, 0.03, 0.12), (-0.5, 0.045, -0.2), (0.2, 0.025, -0.5))
    ]
    raised = [
        lid.moved(shift_by(0, 0.07, 0)),
        lock.moved(shift_by(0.012, 0.035, size[2] / 2)),
    ]
    return joined([body, *raised, ring, *knobs])


def _wheel(
    corners: list[tuple[float, float]], colour: tuple[float, float, float]
) -> Mesh:
    profile = smooth_profile(corners)
    return turned(profile, bare(_even_paint(colour)), around=AROUND, along=240)


def _even_paint(colour: tuple[float, float, float]) -> Paint:
    def paint(points: FloatArray, ridge: FloatArray) -> FloatArray:
        del ridge
        return np.tile(np.array(colour), (len(points), 1))

    return paint
