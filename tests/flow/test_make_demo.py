"""`make demo` shows a museum at work, and leaves nothing behind when it ends."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_demo_of_one_relic_answers_and_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    try_demo = importlib.import_module("try_demo")
    monkeypatch.setenv("HERITAGE_DATA", str(tmp_path / "data"))
    log = tmp_path / "demo.log"
    try:
        try_demo.show(ROOT, log)
    except try_demo.DemoFailed as error:
        pytest.fail(f"{error}\n{log.read_text()[-4000:]}")
