"""What builds the environment: stamps, settings passed on, translations, processes."""

import base64
import hashlib
import importlib
import io
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polib
import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def scripts() -> Iterator[None]:
    """Make the modules in `.ci` importable, for these tests only."""
    sys.path.insert(0, str(ROOT / ".ci"))
    yield
    sys.path.remove(str(ROOT / ".ci"))


@pytest.fixture
def bootstrap(
    scripts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    module = importlib.import_module("bootstrap")
    monkeypatch.setattr(module, "STAMPS", tmp_path / "stamps")
    return module


@pytest.fixture
def made(tmp_path: Path) -> Path:
    file = tmp_path / "made"
    file.touch()
    return file


class Steps:
    """An action that remembers for what it was called."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def __call__(self, kind: str) -> None:
        self.calls.append(kind)


def test_step_runs_again_only_when_its_input_changed(
    bootstrap: ModuleType, made: Path
) -> None:
    action = Steps()
    for digest in ("one", "one", "two", "two"):
        bootstrap.step("python", digest, "run", action, made=made)
    assert action.calls == ["run", "run"]


def test_step_runs_again_when_what_it_made_is_gone(
    bootstrap: ModuleType, made: Path
) -> None:
    action = Steps()
    bootstrap.step("node", "one", "run", action, made=made)
    made.unlink()
    bootstrap.step("node", "one", "run", action, made=made)
    assert action.calls == ["run", "run"]


def test_what_was_made_for_development_serves_the_museum_too(
    bootstrap: ModuleType, made: Path
) -> None:
    action = Steps()
    for kind in ("run", "dev", "run", "dev"):
        bootstrap.step("python", "one", kind, action, made=made)
    assert action.calls == ["run", "dev"]


def test_an_upgrade_keeps_the_development_tools(
    bootstrap: ModuleType, made: Path
) -> None:
    action = Steps()
    bootstrap.step("python", "one", "dev", action, made=made)
    bootstrap.step("python", "two", "run", action, made=made)
    assert action.calls == ["dev", "dev"]


def test_step_that_failed_leaves_no_stamp(bootstrap: ModuleType, made: Path) -> None:
    def fail(kind: str) -> None:
        raise bootstrap.Unready(kind)

    action = Steps()
    bootstrap.step("python", "one", "run", action, made=made)
    with pytest.raises(bootstrap.Unready):
        bootstrap.step("python", "two", "run", fail, made=made)
    bootstrap.step("python", "one", "run", action, made=made)
    assert action.calls == ["run", "run"]


@pytest.mark.usefixtures("scripts")
def test_pips_settings_are_passed_on_to_uv() -> None:
    packages = importlib.import_module("python_packages")
    listing = "\n".join(
        [
            ":env:.find-links='/one /two'",
            "global.extra-index-url='file:///a/simple file:///b/simple'",
            "global.find-links='/overruled'",
            "global.index-url='https://mirror.example/simple'",
            "global.no-such-setting='1'",
            "install.trusted-host='mirror.example'",
        ]
    )
    assert packages.uv_settings(listing) == {
        "UV_FIND_LINKS": "/one,/two",
        "UV_INDEX": "file:///a/simple file:///b/simple",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "UV_INSECURE_HOST": "mirror.example",
    }


@pytest.mark.usefixtures("scripts")
def test_without_rights_the_exact_command_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = importlib.import_module("system_packages")
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_rights", lambda: None)
    with pytest.raises(system.Unready, match="sudo apt-get install -y libgl1 libegl1"):
        system.install(["libgl1", "libegl1"], why="Open3D's libraries")


@pytest.mark.usefixtures("scripts")
def test_without_apt_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    system = importlib.import_module("system_packages")
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    with pytest.raises(system.Unready, match="libgl1"):
        system.install(["libgl1"], why="Open3D's libraries")


@pytest.mark.usefixtures("scripts")
def test_missing_library_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    system = importlib.import_module("system_packages")
    monkeypatch.setattr(system, "LIBRARIES", {"libc.so.6": "", "libnowhere.so.9": ""})
    assert system.missing_libraries() == ["libnowhere.so.9"]


@pytest.mark.usefixtures("scripts")
def test_faults_of_a_translation_are_found() -> None:
    messages = importlib.import_module("messages")
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Relic", msgstr="文物"))
    catalogue.append(polib.POEntry(msgid="Bearer", msgstr=""))
    catalogue.append(polib.POEntry(msgid="Run", msgstr="跑", flags=["fuzzy"]))
    catalogue.append(polib.POEntry(msgid="%(n)s of {total}", msgstr="%(n)s"))
    catalogue.append(polib.POEntry(msgid="Gone", msgstr="", obsolete=True))
    assert list(messages.faults_of(catalogue)) == [
        "not translated: 'Bearer'",
        "fuzzy: 'Run'",
        "other fields than the original's: '%(n)s of {total}'",
    ]


def test_large_file_is_refused(scripts: None, tmp_path: Path) -> None:
    large_files = importlib.import_module("large_files")
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x")
    large.write_bytes(b"x" * (large_files.LIMIT_BYTES + 1))
    assert large_files.main([str(small)]) == 0
    assert large_files.main([str(small), str(large)]) == 1


def test_every_process_runs_a_command_that_exists() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    processes = dict(line.split(": ", 1) for line in lines)
    roles = {"web", "media", "quick", "heavy", "projector", "index", "query", "tick"}
    assert set(processes) == roles
    for command in processes.values():
        # Without exec the shell stays between, and signals do not reach the process.
        assert command.startswith("exec ")
        managed = re.search(r"manage\.py (\w+)", command)
        assert managed is None or managed[1] in get_commands()


def test_make_help_tells_every_public_target() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, check=True
    )
    told = set(re.findall(r"make ([a-z-]+)", done.stdout.decode()))
    public = {"demo", "serve", "test", "check", "bench", "quick", "format", "messages"}
    assert public <= told


def test_a_package_that_is_not_the_chosen_one_is_refused(
    scripts: None, tmp_path: Path
) -> None:
    mirador = importlib.import_module("mirador")
    archive = tmp_path / "a.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo("package/x.js")
        member.size = 2
        packed.addfile(member, io.BytesIO(b"ok"))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert mirador.read_member(archive, "package/x.js", digest) == b"ok"
    with pytest.raises(mirador.Unready):
        mirador.read_member(archive, "package/x.js", mirador.SHA512)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fails", "code", "told"), [("once", 0, "1 unsteady"), ("always", 1, "alone:")]
)
def test_what_fails_beside_others_is_asked_once_more(
    tmp_path: Path, fails: str, code: int, told: str
) -> None:
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "code.py").touch()
    (tmp_path / "test_it.py").write_text(
        "import pathlib, pytest\n"
        "def test_well(): pass\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('name', ['a@b c'])\n"
        "def test_ill(name):\n"
        "    seen = pathlib.Path('seen')\n"
        "    was_there = seen.exists()\n"
        "    seen.touch()\n"
        f"    assert was_there and {fails == 'once'}\n"
    )
    done = subprocess.run(
        [sys.executable, ROOT / ".ci/suite.py", "2"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert list(tmp_path.glob("scans/__pycache__/code.*.pyc"))  # compiled once, before
    assert told in done.stdout
    assert ("unsteady" in done.stdout) == (fails == "once")
