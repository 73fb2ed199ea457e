"""Fewer triangles: what must stay the same."""

import numpy as np

from scans.delivery.simplify import Surface, simplify, weld
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import coloured, lumpy, sphere


def wavy_sheet(side: int) -> Mesh:
    """An open square of one metre with waves."""
    steps = np.linspace(0, 1, side)
    x, z = np.meshgrid(steps, steps)
    y = 0.02 * np.sin(12 * x) * np.cos(9 * z)
    cell = (np.arange(side - 1)[:, None] * side + np.arange(side - 1)).ravel()
    triangles = np.vstack(
        [
            np.column_stack([cell, cell + side, cell + 1]),
            np.column_stack([cell + 1, cell + side, cell + side + 1]),
        ]
    )
    vertices = np.column_stack([x.ravel(), y.ravel(), z.ravel()])
    return Mesh(vertices, triangles.astype(np.int32))


def border_length(surface: Surface) -> float:
    """Length of the edges that only one triangle has."""
    edges = np.sort(
        surface.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1
    )
    single, counts = np.unique(edges, axis=0, return_counts=True)
    a, b = surface.positions[single[counts == 1]].swapaxes(0, 1)
    return float(np.linalg.norm(a - b, axis=1).sum())


def volume(surface: Surface) -> float:
    a, b, c = surface.positions[surface.triangles].astype(np.float64).swapaxes(0, 1)
    return float(np.einsum("nd,nd->n", a, np.cross(b, c)).sum() / 6)


def test_triangle_soup_is_welded() -> None:
    whole = sphere(1, rings=10, segments=20)
    soup = Mesh(
        whole.vertices[whole.triangles].reshape(-1, 3),
        np.arange(whole.triangles.size, dtype=np.int32).reshape(-1, 3),
    )
    welded = weld(soup)
    assert len(welded.positions) == len(whole.vertices)
    assert border_length(welded) == 0
    outward = np.einsum("nd,nd->n", welded.normals, welded.positions)
    assert outward.min() > 0.99


def test_triangles_without_area_and_unused_vertices_go() -> None:
    whole = sphere(1, rings=10, segments=20)
    more = Mesh(
        np.vstack([whole.vertices, (9, 9, 9)]),
        np.vstack([whole.triangles, (5, 5, 6), (7, 8, 7)]).astype(np.int32),
    )
    welded = weld(more)
    assert len(welded.triangles) == len(whole.triangles)
    assert welded.positions.max() <= 1


def test_a_closed_surface_stays_closed_and_keeps_its_volume() -> None:
    surface = weld(lumpy(sphere(1, rings=100, segments=150), 0.02))
    fewer = simplify(surface, 3000, harder=False)
    assert len(fewer.triangles) <= 3000
    assert border_length(fewer) == 0
    assert abs(volume(fewer) / volume(surface) - 1) < 0.005


def test_a_border_stays_where_it_was() -> None:
    surface = weld(wavy_sheet(120))
    fewer = simplify(surface, 1500, harder=False)
    assert abs(border_length(fewer) / border_length(surface) - 1) < 0.01
    np.testing.assert_array_equal(
        np.ptp(fewer.positions, axis=0), np.ptp(surface.positions, axis=0)
    )


def test_every_vertex_left_is_one_of_the_master_with_its_colour() -> None:
    master = coloured(lumpy(sphere(1, rings=60, segments=80), 0.02))
    surface = weld(master)
    fewer = simplify(surface, 1000, harder=False)
    assert surface.colours is not None
    assert fewer.colours is not None
    known = {
        place.tobytes(): colour.tobytes()
        for place, colour in zip(surface.positions, surface.colours, strict=True)
    }
    assert all(
        known[place.tobytes()] == colour.tobytes()
        for place, colour in zip(fewer.positions, fewer.colours, strict=True)
    )


def test_a_colour_edge_on_a_flat_face_is_kept() -> None:
    """Where shape gives no reason to keep a vertex, colour does."""
    sheet = wavy_sheet(101)
    flat = sheet.vertices * (1, 0, 1)
    stripe = np.abs(flat[:, 0] - 0.5) < 0.1
    colours = np.where(stripe[:, None], 230, 20).astype(np.uint8).repeat(3, axis=1)
    fewer = simplify(
        weld(Mesh(flat, sheet.triangles, None, colours)), 600, harder=False
    )
    assert fewer.colours is not None
    bright = fewer.positions[fewer.colours[:, 0] > 128]
    dark = fewer.positions[fewer.colours[:, 0] < 128]
    assert np.ptp(bright[:, 0]) > 0.17
    inside = np.abs(dark[:, 0] - 0.5).min()
    assert inside < 0.13
