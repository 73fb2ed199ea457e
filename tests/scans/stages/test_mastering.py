"""A master is refused where its size tells another unit, or a picture of it is absent."""

from pathlib import Path

import pytest

from scans.cost import Clock
from scans.errors import PictureMissing, WrongUnit
from scans.geometry.mesh_file import write_master
from scans.geometry.scan import Finding
from scans.inputs import find_inputs
from scans.monitor import Monitor
from scans.runner import Bench, Stage, run_stages
from scans.stages.mastering import MasterStage, MeshStage
from scans.stages.reading import ReadStage
from scans.stages.surfacing import UPRIGHT
from tests.scans.delivery.solids import UP_IS_Y, box
from tests.scans.readers.test_obj import pictured

SIDES_M = (0.12, 0.30, 0.08)
REGISTERED_CM = (30.2, 12.0, 8.1)


def run(stage: MeshStage, folder: Path) -> list[Finding]:
    told: list[Finding] = []
    folder.mkdir()
    stage.run(Bench(folder, {}, lambda share: None, told.append))
    return told


def master(folder: Path, *, times: float = 1.0) -> Path:
    path = folder / "master.ply"
    write_master(path, box(*(side * times for side in SIDES_M)))
    return path


def stage_of(path: Path, registered_cm: tuple[float, ...] = ()) -> MasterStage:
    inputs = find_inputs(path)
    return MasterStage(inputs, "m", given=UP_IS_Y, registered_cm=registered_cm)


def test_a_master_of_the_register_s_size_is_taken(tmp_path: Path) -> None:
    stage = stage_of(master(tmp_path), REGISTERED_CM)
    assert run(stage, tmp_path / "out") == []
    assert (tmp_path / "out" / UPRIGHT).is_file()


@pytest.mark.parametrize("times", [1000.0, 0.01, 10.0, 25.4])
def test_a_master_in_a_wrong_unit_is_refused_with_the_figures(
    tmp_path: Path, times: float
) -> None:
    stage = stage_of(master(tmp_path, times=times), REGISTERED_CM)
    with pytest.raises(WrongUnit, match=r"30.2 × 12 × 8.1") as refusal:
        run(stage, tmp_path / "out")
    assert refusal.value.facts["factor"] == pytest.approx(1 / times, rel=1e-3)


@pytest.mark.parametrize(
    ("times", "length_cm", "code"),
    [(1.0, 1.2, "size-disagrees"), (100.0, 30.2, "unit-proposed"), (1.0, 30.2, None)],
)
def test_one_length_alone_refuses_nothing(
    tmp_path: Path, times: float, length_cm: float, code: str | None
) -> None:
    stage = stage_of(master(tmp_path, times=times), (length_cm,))
    told = [finding.code for finding in run(stage, tmp_path / "out")]
    assert told == ([code] if code else [])


def test_another_object_s_size_is_told(tmp_path: Path) -> None:
    stage = stage_of(master(tmp_path), (61.0, 17.0, 17.0))
    (finding,) = run(stage, tmp_path / "out")
    assert finding.code == "size-disagrees"
    assert finding.facts["registered_cm"] == "61 × 17 × 17"


def test_without_a_register_no_size_is_refused(tmp_path: Path) -> None:
    assert run(stage_of(master(tmp_path, times=1000.0)), tmp_path / "out") == []


def test_a_picture_that_is_named_but_absent_is_refused(tmp_path: Path) -> None:
    path = pictured(tmp_path)
    (tmp_path / "skin.png").unlink()
    for stage in (stage_of(path), MeshStage(find_inputs(path), "m")):
        with pytest.raises(PictureMissing, match=r"skin\.png") as refusal:
            stage.run(Bench(tmp_path, {}, lambda share: None, lambda finding: None))
        assert refusal.value.facts["file"] == path.name


def test_what_was_read_without_asking_for_pictures_is_not_taken_up(
    tmp_path: Path,
) -> None:
    path = pictured(tmp_path)
    (tmp_path / "skin.png").unlink()
    inputs = find_inputs(path)
    monitor = Monitor(lambda event: None, Clock({"read": 1.0}))
    stages: list[Stage] = [ReadStage(inputs, "m"), MeshStage(inputs, "m")]
    run_stages(stages[:1], tmp_path / "out", key="k", monitor=monitor)
    with pytest.raises(PictureMissing):
        run_stages(stages[1:], tmp_path / "out", key="k", monitor=monitor)


def test_a_mesh_that_only_lacks_its_list_of_materials_is_taken(tmp_path: Path) -> None:
    path = pictured(tmp_path)
    (tmp_path / "a.mtl").unlink()
    told = run(MeshStage(find_inputs(path), "m"), tmp_path / "out")
    assert [finding.code for finding in told] == ["companion-missing"]
