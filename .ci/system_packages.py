"""See to the system's libraries: find what is missing, install it where we may.

On Debian and its kin `apt-get` is run as root, or through a `sudo` that asks no
password. Anywhere else the exact command, or the library's name, is said instead.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

# Library -> Debian's package. What Open3D's shared object names as NEEDED, and the
# OpenMP runtime of the numeric wheels.
LIBRARIES = {
    "libusb-1.0.so.0": "libusb-1.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libgomp.so.1": "libgomp1",
    "libidn2.so.0": "libidn2-0",
    "libudev.so.1": "libudev1",
}


class Unready(Exception):
    """The machine lacks something that only a person can give it."""


def ensure_libraries() -> None:
    """Install the shared libraries that the wheels take from the system."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries()
    if missing:
        install([LIBRARIES[name] for name in missing], why="Open3D's libraries")
    still = missing_libraries()
    if still:
        raise Unready(f"Still not found after installing: {', '.join(still)}")


def missing_libraries() -> list[str]:
    return [name for name in LIBRARIES if not _loads(name)]


def install(packages: list[str], *, why: str) -> None:
    """Install Debian packages, or raise `Unready` with the command to type."""
    by_hand = f"sudo apt-get install -y {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise Unready(
            f"{why}: not on this machine. With Debian's names they are: "
            f"{' '.join(packages)}. Install them with your system's packages."
        )
    rights = _rights()
    if rights is None:
        raise Unready(
            f"{why}: not on this machine. Run this, then make again:\n  {by_hand}"
        )
    sys.stderr.write(f"Installing {why}: {' '.join(packages)} ...\n")
    if not (_apt(rights, packages) or (_update(rights) and _apt(rights, packages))):
        raise Unready(
            f"{why}: apt-get could not install them. Try by hand:\n  {by_hand}"
        )


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _rights() -> list[str] | None:
    """The words before `apt-get` that make it root; None when we may not be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _apt(rights: list[str], packages: list[str]) -> bool:
    options = ["install", "-y", "-q", "--no-install-recommends"]
    return _run([*rights, *_quiet(), *options, *packages])


def _update(rights: list[str]) -> bool:
    return _run([*rights, *_quiet(), "update", "-q"])


def _quiet() -> list[str]:
    return ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]


def _run(command: list[str]) -> bool:
    """Run and show what it said only when it failed."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-2000:] + done.stderr[-2000:])
    return done.returncode == 0
