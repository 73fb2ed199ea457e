"""How a pair lies is found again as it was, or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scans.reconstruction.evidence import Evidence
from scans.reconstruction.pair_store import PairStore, content_digest

WAYS = [(np.eye(4) / 3, Evidence(0.1 + 0.2, 0.0, None, 1e-5))]


@dataclass
class Thing:
    name: str
    points: Any
    tree: Any = None


def test_floats_come_back_to_the_last_digit(tmp_path: Path) -> None:
    store = PairStore(tmp_path / "pairs", 1)
    key = store.key("a", "b", 0.01, 7)
    assert store.find(key) is None
    store.keep(key, WAYS)
    [(motion, evidence)] = store.find(key) or []
    assert (motion == WAYS[0][0]).all()
    assert evidence == WAYS[0][1]


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_text("a file in its place")
    store = PairStore(tmp_path / "pairs", 1)
    store.keep("a", WAYS)
    assert store.find("a") is None
    held = PairStore(tmp_path / "held", 1)
    (tmp_path / "held" / "a.json").mkdir(parents=True)  # cannot be replaced
    held.keep("a", WAYS)
    assert [path.name for path in (tmp_path / "held").iterdir()] == ["a.json"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    PairStore(tmp_path, 1).keep("a", WAYS)
    (tmp_path / ".tmp-b-7").write_text("{")
    store = PairStore(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert store.find("a") is not None


@pytest.mark.parametrize("rest", ["", "{}", "[1]", '{"ways": [], "sum": "x"}'])
def test_what_was_torn_is_not_there(tmp_path: Path, rest: str) -> None:
    store = PairStore(tmp_path, 1)
    key = store.key("a", "b")
    (tmp_path / f"{key}.json").write_text(rest)
    assert store.find(key) is None


def test_another_version_or_order_or_step_is_another_pair() -> None:
    store = PairStore(None, 1)
    keys = {
        store.key("a", "b", 0.01), store.key("b", "a", 0.01), store.key("a", "b", 0.02),
        PairStore(None, 2).key("a", "b", 0.01),
    }  # fmt: skip
    assert len(keys) == 4


def test_contents_tell_things_apart_whatever_they_are_called() -> None:
    points = np.arange(6.0)
    one = content_digest(Thing("a", points))
    assert one == content_digest(Thing("b", points.copy(), tree=object()))
    others = [points + 1e-12, points.reshape(2, 3), points.astype(np.float32)]
    assert one not in [content_digest(Thing("a", other)) for other in others]
    with pytest.raises(TypeError):
        content_digest(Thing("a", object()))
