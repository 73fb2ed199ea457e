"""The engine itself: bad files told apart, and runs that survive their workers."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User

from heritage.archive.actions.deposit import deposit_files
from heritage.captures.actions import add_files, make_further
from heritage.captures.messages import finding_sentence
from heritage.captures.models import Capture, Derivative, Run
from heritage.captures.products import READY, products_of
from heritage.captures.usable import is_usable, lacks_only_unit
from heritage.captures.worker_run import compute
from scans import child
from scans.geometry.mesh_file import write_master
from tests.scans.delivery.solids import coloured, sphere

from . import puppet
from .museum import ROOT, Museum, await_that
from .museums import museum_of
from .standin import STAGES

pytestmark = [pytest.mark.thorough, pytest.mark.xdist_group("workers")]
HEADER = "ply\nformat ascii 1.0\n{comment}element vertex {count}\n" + "".join(
    f"property float {axis}\nend_header\n"
    if axis == "z"
    else f"property float {axis}\n"
    for axis in "xyz"
)
POINTS = "".join(f"{n % 7} {n % 5} {n}\n" for n in range(60))
KILLED_IN = ("register", "levels")


@pytest.fixture
def real_engine(monkeypatch: pytest.MonkeyPatch, standin_engine: None) -> None:
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-m", "scans"))


def ply(points: str, *, count: int, comment: str = "comment unit m\n") -> bytes:
    return (HEADER.format(comment=comment, count=count) + points).encode()


FILES = {
    "empty.ply": (b"", "empty-scan"),
    "none.ply": (ply("", count=0), "empty-scan"),
    "garbage.ply": (b"\x00\xff" * 500, "unreadable-scan"),
    "short.ply": (ply(POINTS, count=100), "truncated-scan"),
    "huge.ply": (ply(POINTS, count=9_000_000_000), "oversized-scan"),
    "nan.ply": (ply("nan nan nan\n" * 60, count=60), "no-finite-points"),
    "letter.docx": (b"Dear museum", "unknown-format"),
    "silent.ply": (ply(POINTS, count=60, comment=""), "unit-unknown"),
}


def test_every_kind_of_bad_file_is_kept_and_named_with_its_fault(
    capture: Capture, curator: User, real_engine: None
) -> None:
    items = [(name, io.BytesIO(data)) for name, (data, _) in FILES.items()]
    files = {f.stored_file.name: f for f in add_files(capture, items, by=curator)}
    for name, (data, code) in FILES.items():
        file = files[name]
        assert [entry["code"] for entry in file.findings] == [code], name
        assert name in finding_sentence(file.findings[0])
        assert not is_usable(file)
        assert file.stored_file.absolute_path().read_bytes() == data
    assert lacks_only_unit(files["silent.ply"])


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("scans")
    words = ["synthesize", "vase", "--seed", "3", "--scans", "3", "--points", "3000"]
    command = [sys.executable, "-m", "scans", *words, "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return {path.name: path.read_bytes() for path in folder.glob("*.ply")}


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[Museum]:
    with museum_of("sqlite", tmp_path, HERITAGE_TEST_REAL_ENGINE="1") as museum:
        yield museum


def test_a_real_run_gives_the_same_bytes_however_often_its_worker_is_killed(
    museum: Museum, scans: dict[str, bytes]
) -> None:
    capture = museum.ask(puppet.make_capture, scans)
    alone = museum.ask(puppet.start, capture)
    with museum.worker("--queue", "heavy", "--until-empty") as worker:
        assert worker.wait() == 0, museum.log()
    run = museum.ask(puppet.start, capture)
    for stage in KILLED_IN:
        with museum.worker() as worker:
            await_that(
                lambda name=stage: museum.ask(puppet.look, run)["stage"] == name,  # type: ignore[misc]
                museum.log,
            )
            worker.kill()
        museum.ask(puppet.let_lapse, run)
    with museum.worker():
        museum.await_state("succeeded", run)
    seen = museum.ask(puppet.look, run)
    assert seen["attempt"] == len(KILLED_IN) + 1
    assert [name for name, _ in seen["stages"]] == list(STAGES)
    assert len({attempt for _, attempt in seen["stages"]}) > 1
    made = museum.ask(puppet.digests, alone)
    quality = 1 + 2  # the sheet and its pictures
    assert len(made) == 1 + 3 + 9 + quality
    assert museum.ask(puppet.digests, run) == made


def test_files_are_added_to_a_model_from_its_master(
    capture: Capture, curator: User, real_engine: None, tmp_path: Path
) -> None:
    identity = np.eye(4).tolist()
    path = tmp_path / "master.ply"
    write_master(path, coloured(sphere(0.05, rings=20, segments=30)))
    deposit = deposit_files([("master.ply", path)], kind="derived", by=None)
    model = Run.objects.create(
        capture=capture, state="succeeded", fraction=1, outputs=deposit,
        report={"upright": {"used": identity, "proposed": identity}},
    )  # fmt: skip
    Derivative.objects.create(
        run=model, role="master", profile="master", stored_file=deposit.files.get()
    )
    added = make_further(model, ["phone", "master", "print", "study"], by=curator)
    compute(added.key, worker="test", is_stopping=lambda: False)
    added.refresh_from_db()
    assert (added.state, added.error_code) == ("succeeded", "")
    made = set(added.derivatives.values_list("role", "profile"))
    assert made == {
        ("model", "phone"), ("model", "phone-usdz"), ("study", "master"),
        ("study", "study-ply"), ("print", "print-stl"), ("print", "print-3mf"),
        ("report", "report"),
    }  # fmt: skip
    phone = added.derivatives.get(profile="phone")
    assert phone.figures["deviation"]["mean_m"] < 1e-4
    assert added.derivatives.get(profile="print-stl").triangles == phone.triangles
    wanted = {"phone", "master", "print", "study"}
    ready = {name for name, one in products_of(model).items() if one.state == READY}
    assert wanted <= ready
