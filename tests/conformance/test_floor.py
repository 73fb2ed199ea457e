"""The number of official test cases that are run may only rise."""

import importlib
import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Written by hand when a suite grows; each number is that of the cases in `SUITES`.
FLOOR: dict[str, int] = json.loads((HERE / "floor.json").read_text())


def collected() -> dict[str, int]:
    """Count the cases of every suite that a test module here declares in `SUITES`."""
    names = [path.stem for path in HERE.glob("test_*.py") if path.stem != "test_floor"]
    modules = [importlib.import_module(f"tests.conformance.{name}") for name in names]
    return {
        suite: len(cases)
        for module in modules
        for suite, cases in getattr(module, "SUITES", {}).items()
    }


@pytest.mark.parametrize("suite", FLOOR)
def test_no_case_is_lost(suite: str, shared_data: Path) -> None:
    assert collected().get(suite, 0) >= FLOOR[suite]


def test_every_suite_has_a_floor() -> None:
    assert set(collected()) == set(FLOOR)
