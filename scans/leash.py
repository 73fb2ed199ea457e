"""Put limits on this process, tie its life to its parent's, then become the command.

Run as a file of its own (`python leash.py '{"memory_bytes": …}' COMMAND…`), because a hook
between fork and exec is unsafe in a parent with threads. Standard library only.
"""

import ctypes
import json
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); survives exec of an ordinary program


def main(argv: list[str]) -> None:
    """Apply the limits of argv[1] and exec the rest."""
    limits: dict[str, int] = json.loads(argv[1])
    die_with_parent(limits.get("parent", 0))
    # At least so nice: a worker that is nice itself hands that on.
    os.nice(max(0, limits.get("nice", 0) - os.nice(0)))
    set_soft(resource.RLIMIT_CORE, 0)
    set_soft(resource.RLIMIT_AS, limits.get("memory_bytes", 0) or None)
    set_soft(resource.RLIMIT_CPU, limits.get("cpu_s", 0) or None)
    set_soft(resource.RLIMIT_FSIZE, limits.get("file_bytes", 0) or None)
    os.execv(argv[2], argv[2:])  # noqa: S606 - no shell is wanted


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill us when our parent dies (Linux; elsewhere a no-op)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the call took effect.
    if parent and os.getppid() != parent:
        os._exit(137)


def set_soft(kind: int, value: int | None) -> None:
    """Lower a soft limit; the hard one stays, so that a child (Node) may raise its own."""
    if value is None:
        return
    hard = resource.getrlimit(kind)[1]
    top = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (top, hard))


if __name__ == "__main__":
    main(sys.argv)
