"""The kinds of object: each a function from a random generator to a mesh.

Sizes follow real pieces of the kind (metres). Each has something that no turn or mirror
brings onto itself, as real things do; without it no one could tell how scans fit. Only
the plain ones have nothing of the sort, to see that nobody claims to tell.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scans.forms.parts import (
    UP,
    Random,
    applied_mask,
    bare,
    boss,
    capped,
    closed_ring,
    crest,
    dragon,
    grain,
    hands,
    loop_handle,
    paint_of,
    shift_by,
    smooth_path,
    smooth_profile,
    stand,
)
from scans.forms.plain import (
    casket,
    handled_jug,
    painted_jar,
    plain_bottle,
    plain_bowl,
    plain_dish,
    plain_vase,
)
from scans.forms.relief import Pattern, clouds, line, mask, ring, spiral, wave
from scans.forms.solids import Ornament, ball, box, joined, swept, turned
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import turning_axis

FloatArray = NDArray[np.float64]


def build_form(kind: str, seed: int) -> Mesh:
    """Build one object of a kind; KeyError for a kind that is not there."""
    return KINDS[kind](np.random.default_rng(seed))


def vase(random: Random) -> Mesh:
    """A blue and white vase with clouds in low relief and one applied dragon."""
    belly, foot = random.uniform(0.075, 0.085), random.uniform(0.040, 0.046)
    profile = smooth_profile(
        [
            (0, 0.006),
            (foot - 0.006, 0.006),
            (foot - 0.003, 0),
            (foot, 0.001),
            (foot + 0.004, 0.02),
            (belly, 0.11),
            (belly * 0.86, 0.165),
            (0.028, 0.205),
            (0.024, 0.235),
            (0.036, 0.262),
            (0.034, 0.264),
            (0.02, 0.236),
            (0.024, 0.205),
            (belly - 0.008, 0.12),
            (0, 0.02),
        ]
    )
    around = 2 * np.pi * belly
    strokes = clouds(random, width=around, low=0.09, high=0.19, count=9, step=0.0006)
    bands = [
        wave(around, 0.003, middle=m, periods=12, step=0.001) for m in (0.07, 0.21)
    ]
    paint = paint_of(random, (0.93, 0.94, 0.92), (0.86, 0.90, 0.92), (0.10, 0.20, 0.55))
    pattern = Pattern(np.vstack([strokes, *bands]), 0.0022, 0.0016, around)
    body = turned(profile, Ornament((pattern,), paint), uneven=hands(random))
    return joined([body, dragon(random, belly, low=0.09, high=0.2)])


def ding(random: Random) -> Mesh:
    """A bronze tripod with masks round its wall."""
    r = random.uniform(0.085, 0.095)
    profile = smooth_profile(
        [
            (0, 0.075),
            (r * 0.6, 0.08),
            (r * 0.95, 0.105),
            (r, 0.13),
            (r, 0.185),
            (r + 0.008, 0.19),
            (r + 0.008, 0.196),
            (r - 0.006, 0.196),
            (r - 0.008, 0.13),
            (r * 0.6, 0.09),
            (0, 0.084),
        ]
    )
    around = 2 * np.pi * (r + 0.008)
    faces = [
        mask(np.array([around * (k + 0.5) / 3, 0.135]), 0.05, 0.0006) for k in range(3)
    ]
    strewn = clouds(random, width=around, low=0.10, high=0.17, count=7, step=0.0006)
    paint = paint_of(random, (0.34, 0.30, 0.20), (0.22, 0.42, 0.34), (0.50, 0.42, 0.24))
    patterns = (
        Pattern(np.vstack(faces), 0.0020, 0.0030, around),
        Pattern(strewn, 0.0014, 0.0012, around),
    )
    plain = Ornament((), paint)
    parts = [turned(profile, Ornament(patterns, paint), uneven=hands(random))]
    for k in range(3):
        angle = 2 * np.pi * k / 3 + 0.3
        out = np.array([np.sin(angle), 0, np.cos(angle)])
        path = smooth_path(
            [out * r * 0.62 + UP * 0.11, out * r * 0.72 + UP * 0.05, out * r * 0.78]
        )
        parts.append(swept(path, capped(path, 0.021, 0.013), plain))
    for side in (-1.0, 1.0):
        parts.append(loop_handle(np.array([side * r, 0.19, 0]), 0.026, 0.007, plain))
    parts.append(applied_mask(random, np.array([0.0, 0.15, r]), 0.016, plain))
    return joined(parts)


def bi_disc(random: Random) -> Mesh:
    """A jade disc with grain on both faces and two dragons on its edge, on its stand."""
    outer, inner, thick = random.uniform(0.07, 0.078), 0.02, 0.018
    profile = closed_ring(inner, outer, thick)
    around = 2 * np.pi * outer
    length = float(np.linalg.norm(np.diff(profile, axis=0), axis=1).sum())
    nubs = grain(random, around, length)
    paint = paint_of(random, (0.62, 0.70, 0.56), (0.52, 0.28, 0.14), (0.56, 0.62, 0.46))
    pattern = Pattern(nubs, 0.0026, 0.0018, around)
    disc = turned(profile, Ornament((pattern,), paint), around=640, along=260)
    plain = Ornament((), paint)
    parts = [disc]
    for turn_by, size in ((0.0, 0.05), (2.2, 0.034)):
        parts += crest(random, outer, turn_by, size, plain)
    upright = turning_axis(np.array([1.0, 0.0, 0.0]), -np.pi / 2)
    raised = shift_by(0.0, outer + 0.035, 0.0) @ upright
    return joined([joined(parts).moved(raised), stand(random)])


def figure(random: Random) -> Mesh:
    """A painted tomb figure of an attendant, one hand raised."""
    robe = smooth_profile(
        [
            (0, 0),
            (0.052, 0.0),
            (0.055, 0.006),
            (0.046, 0.05),
            (0.034, 0.11),
            (0.036, 0.15),
            (0.042, 0.178),
            (0.03, 0.198),
            (0.014, 0.204),
            (0, 0.206),
        ]
    )
    around = 2 * np.pi * 0.055
    folds = [
        line(
            np.array([x, 0.062 + random.uniform(0, 0.02)]),
            np.array([x + random.uniform(-0.02, 0.02), random.uniform(0.13, 0.2)]),
            0.0008,
        )
        for x in np.sort(random.uniform(0, around, 22))
    ]
    sash = wave(around, 0.004, middle=0.165, periods=3, step=0.001)
    cloth = paint_of(random, (0.62, 0.24, 0.16), (0.70, 0.46, 0.30), (0.36, 0.14, 0.12))
    skin = paint_of(random, (0.86, 0.72, 0.58), (0.80, 0.62, 0.50), (0.30, 0.16, 0.12))
    hair = paint_of(random, (0.12, 0.10, 0.10), (0.20, 0.16, 0.14), (0.1, 0.1, 0.1))
    patterns = (
        Pattern(np.vstack(folds), 0.0024, 0.0022, around),
        Pattern(sash, 0.003, 0.002, around),
    )
    parts = [turned(robe, Ornament(patterns, cloth), flatten=0.8, uneven=hands(random))]
    parts.append(
        ball(np.array([0, 0.228, 0.004]), np.array([0.023, 0.029, 0.025]), bare(skin))
    )
    parts.append(
        ball(np.array([0, 0.238, -0.006]), np.array([0.025, 0.025, 0.024]), bare(hair))
    )
    parts.append(
        ball(
            np.array([0.006, 0.268, -0.01]),
            np.array([0.014, 0.017, 0.013]),
            bare(hair),
        )
    )
    parts.append(
        ball(np.array([0, 0.226, 0.029]), np.array([0.004, 0.008, 0.005]), bare(skin))
    )
    arms = [
        [
            (-0.036, 0.18, 0),
            (-0.056, 0.14, 0.012),
            (-0.03, 0.12, 0.045),
            (-0.008, 0.128, 0.052),
        ],
        [
            (0.036, 0.18, 0),
            (0.062, 0.15, 0.008),
            (0.06, 0.175, 0.05),
            (0.052, 0.212, 0.056),
        ],
    ]
    for places in arms:
        path = smooth_path([np.array(place) for place in places])
        parts.append(swept(path, capped(path, 0.015, 0.011), bare(cloth)))
        parts.append(ball(path[-1], np.array([0.009, 0.011, 0.009]), bare(skin)))
    base = box(np.array([0.12, 0.014, 0.10]), bare(cloth), rounding=0.003, steps=60)
    return joined([*parts, base.moved(shift_by(0, -0.012, 0))])


def bowl(random: Random) -> Mesh:
    """A bowl of Jun ware, splashed with purple; clouds outside, a fish inside, one ear."""
    r = random.uniform(0.082, 0.09)
    profile = smooth_profile(
        [
            (0, 0.008),
            (0.024, 0.008),
            (0.026, 0),
            (0.031, 0),
            (0.032, 0.012),
            (0.06, 0.03),
            (r - 0.004, 0.062),
            (r, 0.082),
            (r - 0.003, 0.084),
            (r - 0.008, 0.064),
            (0.056, 0.036),
            (0.02, 0.02),
            (0, 0.018),
        ]
    )
    around = 2 * np.pi * r
    outside = clouds(random, width=around, low=0.06, high=0.12, count=9, step=0.0008)
    inside = clouds(random, width=around, low=0.16, high=0.215, count=5, step=0.0008)
    paint = paint_of(random, (0.58, 0.72, 0.72), (0.50, 0.30, 0.48), (0.44, 0.56, 0.60))
    patterns = (
        Pattern(outside, 0.0026, 0.0026, around),
        Pattern(inside, 0.0024, 0.0014, around),
    )
    plain = Ornament((), paint)
    body = turned(profile, Ornament(patterns, paint), uneven=hands(random))
    bent = [(r - 0.006, 0.078, 0), (r + 0.03, 0.082, 0.006), (r + 0.022, 0.045, 0.01)]
    ear_path = smooth_path(
        [np.array(place) for place in (*bent, (0.062, 0.034, 0.006))]
    )
    ear = swept(ear_path, capped(ear_path, 0.008, 0.007), plain)
    fish = [
        ball(np.array([0.012, 0.021, 0.006]), np.array([0.02, 0.005, 0.009]), plain),
        ball(np.array([-0.012, 0.021, 0.012]), np.array([0.009, 0.004, 0.006]), plain),
    ]
    return joined(
        [
            body,
            *fish,
            ear,
            applied_mask(random, np.array([0.0, 0.045, 0.072]), 0.016, plain),
        ]
    )


def box_wood(random: Random) -> Mesh:
    """A carved wooden box with a different picture on each side and a clasp."""
    size = np.array([random.uniform(0.15, 0.17), 0.09, 0.11])
    unit = size.max() / 2
    strokes: list[FloatArray] = []
    for side in range(6):
        middle = np.array([2 * side * unit, 0.0])
        reach = unit * 0.55
        for _ in range(5):
            centre = middle + random.uniform(-0.6, 0.6, 2) * unit
            turns = random.choice([-1.0, 1.0]) * random.uniform(1.0, 2.4)
            start = random.uniform(0, 2 * np.pi)
            radius = reach * random.uniform(0.25, 0.55)
            strokes.append(
                spiral(centre, radius, turns=turns, start=start, step=0.0008)
            )
        strokes.append(
            ring(middle + random.uniform(-0.3, 0.3, 2) * unit, 0.3 * unit, 0.0008)
        )
    paint = paint_of(random, (0.42, 0.24, 0.13), (0.54, 0.34, 0.19), (0.30, 0.16, 0.09))
    pattern = Pattern(np.vstack(strokes), 0.0026, 0.0026)
    body = box(size, Ornament((pattern,), paint), rounding=0.006, steps=190)
    metal = bare(paint_of(random, (0.72, 0.58, 0.28), (0.6, 0.5, 0.3), (0.5, 0.4, 0.2)))
    clasp = box(np.array([0.022, 0.03, 0.008]), metal, rounding=0.002, steps=40)
    parts = [body, clasp.moved(shift_by(0.012, 0.045, size[2] / 2))]
    plinth = box(
        size * np.array([1.12, 0.12, 1.14]), bare(paint), rounding=0.003, steps=80
    )
    parts.append(plinth.moved(shift_by(0, -0.008, 0)))
    return joined(
        [
            *parts,
            loop_handle(np.array([-size[0] / 2, 0.055, 0.01]), 0.016, 0.005, metal),
        ]
    )


def bell(random: Random) -> Mesh:
    """A bronze bell of a chime: almond section, rows of bosses, a slanted handle."""
    r = random.uniform(0.058, 0.066)
    profile = smooth_profile(
        [
            (0, 0.15),
            (r * 0.7, 0.15),
            (r * 0.74, 0.147),
            (r * 0.86, 0.08),
            (r, 0.002),
            (r - 0.003, 0),
            (r - 0.006, 0.003),
            (r * 0.8, 0.08),
            (r * 0.66, 0.138),
            (0, 0.14),
        ],
        rounding=1,
    )
    around = 2 * np.pi * r
    strewn = clouds(random, width=around, low=0.13, high=0.185, count=10, step=0.0006)
    face = mask(np.array([around * 0.25, 0.165]), 0.045, 0.0006)
    frames = [
        line(np.array([x, 0.055]), np.array([x, 0.122]), 0.0008)
        for x in around * np.array([0.06, 0.44, 0.56, 0.94])
    ]
    paint = paint_of(random, (0.36, 0.33, 0.22), (0.20, 0.44, 0.38), (0.46, 0.42, 0.26))
    patterns = (
        Pattern(np.vstack([strewn, *frames]), 0.0016, 0.0014, around),
        Pattern(face, 0.0018, 0.0026, around),
    )
    plain = Ornament((), paint)
    flat = 0.74
    parts = [
        turned(profile, Ornament(patterns, paint), flatten=flat, uneven=hands(random))
    ]
    for angle in np.radians([28, 62, 118, 152, 208, 242, 298, 332]):
        for y in (0.088, 0.108, 0.128):
            wide = r * np.interp(y, [0.08, 0.147], [0.86, 0.74])
            place = np.array([wide * np.sin(angle), y, flat * wide * np.cos(angle)])
            parts.append(boss(place, plain))
    stem = smooth_path(
        [
            np.array([0, 0.145, 0]),
            np.array([0.004, 0.18, 0]),
            np.array([0.012, 0.21, 0.004]),
        ]
    )
    parts.append(swept(stem, capped(stem, 0.013, 0.010), plain))
    parts.append(loop_handle(np.array([0.014, 0.168, 0.004]), 0.013, 0.004, plain))
    return joined(parts)


def ewer(random: Random) -> Mesh:
    """A ewer of three-coloured ware with spout, handle and a knob on its lid."""
    r = random.uniform(0.062, 0.07)
    profile = smooth_profile(
        [
            (0, 0.004),
            (0.036, 0.004),
            (0.038, 0),
            (0.042, 0.001),
            (0.04, 0.014),
            (r, 0.07),
            (r * 0.9, 0.115),
            (0.03, 0.15),
            (0.026, 0.17),
            (0.033, 0.186),
            (0.03, 0.192),
            (0.012, 0.198),
            (0.007, 0.206),
            (0.01, 0.214),
            (0, 0.22),
        ]
    )
    around = 2 * np.pi * r
    strewn = clouds(random, width=around, low=0.075, high=0.16, count=8, step=0.0007)
    paint = paint_of(random, (0.76, 0.52, 0.18), (0.26, 0.50, 0.24), (0.90, 0.84, 0.66))
    pattern = Pattern(strewn, 0.0024, 0.0022, around)
    plain = Ornament((), paint)
    spout = smooth_path(
        [
            np.array([0, 0.075, r * 0.85]),
            np.array([0.004, 0.1, r + 0.028]),
            np.array([0.006, 0.16, r + 0.05]),
        ]
    )
    handle = smooth_path(
        [
            np.array([0, 0.168, -0.024]),
            np.array([0, 0.185, -0.055]),
            np.array([0.004, 0.15, -r - 0.032]),
            np.array([0.004, 0.09, -r - 0.012]),
            np.array([0, 0.07, -r + 0.008]),
        ]
    )
    parts = [turned(profile, Ornament((pattern,), paint), uneven=hands(random))]
    parts.append(swept(spout, capped(spout, 0.017, 0.009), plain))
    parts.append(swept(handle, capped(handle, 0.008, 0.008), plain))
    return joined([*parts, dragon(random, r, low=0.05, high=0.12)])


KINDS: dict[str, Callable[[Random], Mesh]] = {
    "vase": vase,
    "ding": ding,
    "bi-disc": bi_disc,
    "figure": figure,
    "bowl": bowl,
    "box-wood": box_wood,
    "bell": bell,
    "ewer": ewer,
    "casket": casket,
    "handled-jug": handled_jug,
    "painted-jar": painted_jar,
    "plain-bottle": plain_bottle,
    "plain-bowl": plain_bowl,
    "plain-dish": plain_dish,
    "plain-vase": plain_vase,
}

PLAIN = ("plain-bottle", "plain-bowl", "plain-dish", "plain-vase")
"""Kinds of which no scan tells how far it was turned about the axis."""

PAINTED = ("painted-jar",)
"""Kinds of which only colours tell it."""
