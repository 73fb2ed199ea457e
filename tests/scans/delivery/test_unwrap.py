"""Charts lie flat, apart, without folds, and at one scale."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from scans.delivery.charts import _strongest, find_charts, neighbours, split_chart
from scans.delivery.simplify import Surface, simplify, weld
from scans.delivery.texels import filled, show_texels
from scans.delivery.unwrap import unwrap
from scans.geometry.mesh import Mesh
from tests.scans.delivery import solids


@pytest.fixture(scope="module")
def ball() -> Surface:
    return weld(solids.lumpy(solids.sphere(0.1, rings=40, segments=50), 0.004))


@pytest.fixture(scope="module")
def wrapped(ball: Surface) -> tuple[Surface, NDArray[np.int64]]:
    return unwrap(ball)


def _areas(places: NDArray[np.float64], triangles: NDArray[np.integer]) -> np.ndarray:
    a, b, c = (places[triangles[:, k]].astype(np.float64) for k in range(3))
    if places.shape[1] == 2:
        one, other = b - a, c - a
        return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]) / 2
    return np.asarray(np.linalg.norm(np.cross(b - a, c - a), axis=1)) / 2


def test_the_surface_is_the_same_and_its_places_lie_on_the_map(
    ball: Surface, wrapped: tuple[Surface, NDArray[np.int64]]
) -> None:
    surface, origin = wrapped
    assert surface.uvs is not None
    assert np.array_equal(ball.positions[origin], surface.positions)
    assert np.array_equal(origin[surface.triangles], ball.triangles)
    assert (surface.uvs >= 0).all()
    assert (surface.uvs <= 1).all()


def test_few_charts_double_few_vertices(
    ball: Surface, wrapped: tuple[Surface, NDArray[np.int64]]
) -> None:
    labels = find_charts(ball.positions.astype(float), ball.triangles.astype(np.int64))
    assert 2 <= labels.max() + 1 <= 12
    assert len(wrapped[0].positions) < 1.3 * len(ball.positions)


def test_nothing_is_mirrored_folded_or_much_stretched(
    wrapped: tuple[Surface, NDArray[np.int64]],
) -> None:
    surface, _ = wrapped
    assert surface.uvs is not None
    # v grows downwards, so what is not mirrored turns the other way.
    shown = -_areas(surface.uvs.astype(float), surface.triangles)
    real = _areas(surface.positions.astype(float), surface.triangles)
    share = shown / real
    middle = float(np.median(share))
    assert middle > 0
    assert real[share < 0.6 * middle].sum() < 0.01 * real.sum()
    assert real[share > 1.5 * middle].sum() < 0.01 * real.sum()
    texels = show_texels(surface.uvs, surface.triangles, 256)
    assert (texels.layers > 1).mean() < 0.003


def test_a_tube_is_cut_until_it_lies_flat() -> None:
    turn = np.arange(60) * 2 * np.pi / 60
    rings = [
        np.stack([np.cos(turn), np.full(60, y), np.sin(turn)], axis=1)
        for y in np.linspace(0, 6, 80)
    ]
    here = np.arange(60)
    there = (here + 1) % 60
    strips = [
        np.concatenate([np.stack([k + here, k + 60 + here, k + there], 1), np.stack([k + there, k + 60 + here, k + 60 + there], 1)])
        for k in range(0, 79 * 60, 60)
    ]  # fmt: skip
    tube = weld(
        Mesh(np.concatenate(rings) * 0.01, np.concatenate(strips).astype(np.int32))
    )
    surface, _ = unwrap(tube)
    assert surface.uvs is not None
    texels = show_texels(surface.uvs, surface.triangles, 256)
    assert (texels.layers > 1).mean() < 0.003


def test_an_edge_of_three_triangles_divides_them() -> None:
    positions = np.array(
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1]], float
    )
    triangles = np.array([[0, 1, 2], [1, 0, 3], [0, 1, 4]])
    assert len(neighbours(positions, triangles).pairs) == 0


def test_a_chart_is_cut_into_connected_pieces(ball: Surface) -> None:
    positions = ball.positions.astype(float)
    triangles = ball.triangles.astype(np.int64)
    middles = positions[triangles].mean(axis=1)
    band = np.flatnonzero(np.abs(middles[:, 1]) < 0.02)
    pieces = split_chart(positions, triangles, band)
    assert len(pieces) >= 2
    assert np.array_equal(np.sort(np.concatenate(pieces)), band)
    for piece in pieces:
        pairs = neighbours(positions, triangles[piece]).pairs
        graph = coo_array((np.ones(len(pairs)), pairs.T), (len(piece),) * 2)
        assert connected_components(graph, directed=False)[0] == 1


def test_the_strongest_of_each_row_is_the_first_of_the_largest() -> None:
    random = np.random.default_rng(0)
    shares = random.integers(0, 4, (300, 20)) * (random.random((300, 20)) < 0.3)
    shares = shares[shares.any(axis=1)]
    assert np.array_equal(_strongest(csr_array(shares)), shares.argmax(axis=1))


def test_a_coarser_level_shows_the_same_places(
    wrapped: tuple[Surface, NDArray[np.int64]],
) -> None:
    fine = wrapped[0]
    assert fine.uvs is not None
    coarse = simplify(fine, len(fine.triangles) // 3, harder=False)
    assert coarse.uvs is not None
    assert len(coarse.triangles) <= len(fine.triangles) // 3
    size = 128
    one, other = (
        show_texels(level.uvs, level.triangles, size)  # type: ignore[arg-type]
        for level in (fine, coarse)
    )
    both = one.covered() & other.covered()
    assert both.sum() > 0.95 * one.covered().sum()
    places = [
        level.picture(level.mixed(surface.positions, surface.triangles.astype(int)))
        for level, surface in ((one, fine), (other, coarse))
    ]
    off = np.linalg.norm(places[0] - places[1], axis=-1)[both]
    assert np.percentile(off, 95) < 0.004  # metres; the lumps are that high


def test_gutters_take_what_lies_beside_them() -> None:
    picture = np.zeros((8, 8, 1), np.float32)
    covered = np.zeros((8, 8), bool)
    picture[:, :3], covered[:, :3] = 5.0, True
    assert (filled(picture, covered) == 5.0).all()
