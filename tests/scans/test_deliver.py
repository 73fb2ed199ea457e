"""`deliver` on the command line: profiles of one's own, what is kept, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from scans.child import ChildRefused, Limits, run_engine
from scans.delivery.glb import read_glb
from scans.delivery.profiles import read_profiles
from scans.digests import file_digest
from scans.geometry.mesh_file import write_master
from tests.scans.delivery.solids import coloured, lumpy, sphere

LIMITS = Limits(memory_bytes=0, wall_s=1800, cpu_s=3600, file_bytes=0)
KIOSK = {"triangles": 3000, "bytes": 100_000, "position_bits": 12, "normal_bits": 8, "colour_bits": 12}  # fmt: skip
BASIC = KIOSK | {"position_bits": 0, "normal_bits": 0, "bytes": 200_000}
RELIC = "https://m.example/id/relic/7"
HERITAGE = {
    "nefertiti": "meshes/heritage/nefertiti/nefertiti-lowres.obj",
    "venus": "meshes/heritage/venus-de-milo/venus.glb",
    "whale": "meshes/heritage/whale-mandible-draco/whale_mandible_draco.glb",
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("master") / "master.ply"
    write_master(path, coloured(lumpy(sphere(0.2, rings=30, segments=50), 0.01)))
    return path


def deliver(
    master: Path, out: Path, profiles: dict[str, Any], *words: str
) -> dict[str, dict[str, Any]]:
    """Run the command; give what the report says of each file."""
    out.mkdir(exist_ok=True)
    file = out / "ours.json"
    file.write_text(json.dumps(profiles))
    names = ["--profiles", ",".join(profiles), "--profile-file", str(file)]
    run_engine(
        ["deliver", str(master), "--out", str(out), *names, *words],
        limits=LIMITS,
        on_event=lambda event: None,
        should_stop=lambda: False,
        log=out / "log.txt",
    )
    report = json.loads((out / "report.json").read_text())
    return {entry["profile"]: entry for entry in report["derivatives"]}


@pytest.mark.slow
def test_only_what_changed_is_made_again(master: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    profiles = {"kiosk": KIOSK, "basic": BASIC}
    first = deliver(master, out, profiles, "--relic", RELIC)
    assert set(first) == {"kiosk", "basic"}
    packet = read_glb((out / "kiosk.glb").read_bytes()).document["extensions"]
    told = packet["KHR_xmp_json_ld"]["packets"][0]
    assert told["dc:identifier"] == RELIC
    assert told["dc:source"] == f"sha512:{file_digest(master)}"
    shelf = out / "stages" / "derivatives"
    (kept,) = shelf.glob("basic-*")
    made = (kept / "basic.glb").stat().st_mtime_ns
    profiles["kiosk"] = KIOSK | {"triangles": 2000}
    again = deliver(master, out, profiles, "--relic", RELIC)
    assert again["kiosk"]["triangles"] <= 2000 < first["kiosk"]["triangles"]
    assert again["basic"]["sha512"] == first["basic"]["sha512"]
    assert [path.name for path in shelf.glob("basic-*")] == [kept.name]
    assert (kept / "basic.glb").stat().st_mtime_ns == made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"triangles": 30, "error_share": 0.0005}, "over-error-limit"),
        ({"bytes": 900}, "over-budget"),
        ({"colour_px": 1000}, "bad-profile"),
    ],
)
def test_a_wrong_target_ends_in_a_refusal_and_no_file(
    change: dict[str, Any], code: str, master: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ChildRefused) as refusal:
        deliver(master, out, {"kiosk": KIOSK | change})
    assert refusal.value.code == code
    assert refusal.value.facts["profile"] == "kiosk"
    assert list(out.glob("*.glb")) == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", HERITAGE)
def test_meshes_of_others_go_through_all_profiles(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    ours = {profile.name: profile for profile in read_profiles()}
    rows = {
        key: {k: v for k, v in profile.as_json().items() if k != "name"}
        for key, profile in ours.items()
    }
    made = deliver(shared_data / HERITAGE[name], tmp_path / "out", rows, "--unit", "m")
    assert set(made) == set(ours)
    for entry in made.values():
        profile = ours[entry["profile"]]
        assert not profile.triangles or entry["triangles"] <= profile.triangles
        assert not profile.bytes or entry["bytes"] <= profile.bytes
        assert entry["validator"]["errors"] == 0
        assert entry["deviation"]["mean_share"] < 0.002
        finished = read_glb((tmp_path / "out" / entry["file"]).read_bytes())
        assert len(finished.triangles) == entry["triangles"]
