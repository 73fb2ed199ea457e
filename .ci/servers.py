"""Run a command beside a PostgreSQL and a Redis of its own.

    servers.py COMMAND ...

Both listen on free loopback ports, keep their data in a temporary folder, run without
root's rights and end with the command. It finds them in HERITAGE_TEST_POSTGRES_URL and
HERITAGE_TEST_REDIS_URL. Where Debian's packages are not installed the command runs
without them, and the tests that need them say so.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

START_S = 60  # a cold machine initialises a database cluster in about 5 s


class NotStarted(Exception):
    """A server was installed but did not come up."""


def main(command: list[str]) -> int:
    # Ended from outside, the servers must go too: leave through the with-statements.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="heritage-servers-") as folder:
        Path(folder).chmod(0o711)
        with postgres(Path(folder)) as first, redis(Path(folder)) as second:
            environment = {**os.environ, **first, **second}
            return subprocess.run(command, env=environment, check=False).returncode


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[dict[str, str]]:
    """Give the variables of a running PostgreSQL; none when it is not installed."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not homes or os.environ.get("HERITAGE_TEST_POSTGRES_URL"):
        yield {}
        return
    programs, user = homes[-1].parent, _user("postgres")
    data, port = _own_folder(folder / "postgres", user), _free_port()
    cluster = ["-D", str(data), "-U", "heritage", "--auth=trust", "--no-sync"]
    locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
    subprocess.run(
        [str(programs / "initdb"), *cluster, *locale],
        user=user,
        cwd=data,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    # What it holds is thrown away: no need to wait for the disk.
    settings = ["fsync=off", "synchronous_commit=off", f"port={port}"]
    settings += ["listen_addresses=127.0.0.1", f"unix_socket_directories={data}"]
    options = [word for setting in settings for word in ("-c", setting)]
    ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    with _running([str(programs / "postgres"), "-D", str(data), *options], user, data):
        _wait_for(
            "PostgreSQL", lambda: subprocess.run(ready, check=False).returncode == 0
        )
        url = f"postgresql://heritage@127.0.0.1:{port}/postgres"
        yield {"HERITAGE_TEST_POSTGRES_URL": url}


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[dict[str, str]]:
    """Give the variables of a running Redis; none when it is not installed."""
    program = shutil.which("redis-server")
    if program is None or os.environ.get("HERITAGE_TEST_REDIS_URL"):
        yield {}
        return
    user = _user("redis")
    data, port = _own_folder(folder / "redis", user), _free_port()
    place = ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(data)]
    with _running([program, *place, "--save", "", "--appendonly", "no"], user, data):
        _wait_for("Redis", lambda: _listens(port))
        yield {"HERITAGE_TEST_REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@contextlib.contextmanager
def _running(command: list[str], user: str | None, folder: Path) -> Iterator[None]:
    with (folder.parent / f"{folder.name}.log").open("wb") as log:
        # A group of its own: Ctrl-C is for the command, the servers end after it.
        process = subprocess.Popen(
            command, user=user, cwd=folder, stdout=log, stderr=log, process_group=0
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)  # PostgreSQL: disconnect all, shut down
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(name: str, is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_S
    while not is_ready():
        if time.monotonic() > deadline:
            raise NotStarted(f"{name} did not answer within {START_S} s")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _user(wanted: str) -> str | None:
    """The user to run as: both servers refuse or dislike root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return wanted if wanted in names else "nobody"


def _own_folder(folder: Path, user: str | None) -> Path:
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
