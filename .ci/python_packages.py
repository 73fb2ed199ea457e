"""Make the virtual environment and fill it from a lock with hashes.

uv installs in a fifth of pip's time, so pip's only duty is to fetch uv. What pip has
been told about where to look (its configuration, `PIP_*`) is passed on, because uv
does not read it; and when uv cannot do it, pip does it all.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import system_packages
from system_packages import Unready

# pip's setting -> uv's variable
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def make_venv(venv: Path) -> None:
    """Make `venv`, or keep the one there if its Python and pip still answer."""
    if _answers(venv):
        return
    _ensure_ensurepip()
    _say("Making .venv ...")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)], check=False
    )
    if done.returncode:
        raise Unready(f"{sys.executable} could not make {venv.name}.")


def install(venv: Path, *, lock: Path, uv_lock: Path) -> None:
    _ensure_compiler()
    _say(f"Installing the Python packages of {lock.name} ...")
    hashed = ["install", "-q", "--require-hashes", "--disable-pip-version-check", "-r"]
    pip = [str(venv / "bin" / "python"), "-m", "pip", *hashed]
    has_uv = _succeeds([*pip, str(uv_lock)])
    if has_uv and _uv_install(venv, lock):
        return
    _say("uv could not install them; pip takes longer ...")
    if not _succeeds([*pip, str(lock)]):
        raise Unready(
            f"The packages of {lock.name} could not be installed; the lines above say "
            "why. Is the package index in reach (a proxy needs HTTPS_PROXY)?"
        )


def uv_settings(pip_config: str) -> dict[str, str]:
    """Give uv's variables for the lines of `pip config list`."""
    settings: dict[str, str] = {}
    # Lines come sorted with ":env:" first, and the environment wins: set it last.
    for line in reversed(pip_config.splitlines()):
        found = re.fullmatch(r"(global|install|:env:)\.([\w-]+)=('.*'|\".*\")", line)
        name = PIP_TO_UV.get(found[2].lower()) if found else None
        if found and name:
            settings[name] = _joined(name, ast.literal_eval(found[3]))
    return settings


def certificates(variable: str) -> dict[str, str]:
    """Point `variable` at the certificates that the system trusts, if it has any.

    uv and Node bring their own, which lack that of a proxy that a museum may sit behind.
    """
    places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]
    found = [place for place in places if Path(place).is_file()]
    return {variable: found[0]} if found else {}


def _uv_install(venv: Path, lock: Path) -> bool:
    python = str(venv / "bin" / "python")
    listing = subprocess.run(
        [python, "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    # Every file is named by its hash, so that it may come from whichever index has it.
    strategy = ["--index-strategy", "unsafe-best-match"]
    command = [str(venv / "bin" / "uv"), "pip", "install", "-q", "--require-hashes"]
    # As pip does: else each process of a museum compiles what it imports.
    compiled = ["--compile-bytecode"]
    return _succeeds(
        [*command, *strategy, *compiled, "--python", python, "-r", str(lock)],
        {**certificates("SSL_CERT_FILE"), **uv_settings(listing.stdout), **os.environ},
    )


def _joined(name: str, value: str) -> str:
    words = value.split()
    return ",".join(words) if name == "UV_FIND_LINKS" else " ".join(words)


def _ensure_ensurepip() -> None:
    """Debian keeps the part of `venv` that brings pip in a package of its own."""
    if importlib.util.find_spec("ensurepip") and _bundles_pip():
        return
    major, minor = sys.version_info[:2]
    system_packages.install(
        [f"python{major}.{minor}-venv"], why="Python's module for virtual environments"
    )


def _ensure_compiler() -> None:
    """See to a C++ compiler and Python's headers: meshoptimizer comes as source only."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    major, minor = sys.version_info[:2]
    missing = [] if shutil.which("g++") or shutil.which("c++") else ["g++"]
    missing += [] if headers.exists() else [f"libpython{major}.{minor}-dev"]
    if missing:
        system_packages.install(missing, why="A C++ compiler and Python's headers")


def _bundles_pip() -> bool:
    asked = [sys.executable, "-c", "import ensurepip; ensurepip.version()"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _answers(venv: Path) -> bool:
    python = venv / "bin" / "python"
    if not python.exists():
        return False
    asked = [str(python), "-c", "import pip, sys; print(*sys.version_info[:2])"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return said.split() == [str(part) for part in sys.version_info[:2]]


def _succeeds(command: list[str], environment: dict[str, str] | None = None) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, env=environment, check=False).returncode == 0


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
