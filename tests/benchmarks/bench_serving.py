"""Time scenes and model files over HTTP, beside nginx serving the same bytes.

    python -m tests.benchmarks.bench_serving [--requests 600] [--mb 40]

Input: a museum made here in a temporary folder: an exhibit of 30 relics with three small
models each, and one relic with a model of `--mb` random bytes. Ours: the processes of the
Procfile (gunicorn for pages, one for media). Rival for files: nginx serving them from the
archive's folder, and nginx in front of ours (X-Accel-Redirect); asked in turn. The admin's
list of relics is timed alone and while 50 clients read the big model at 100 kB/s each.
Prints JSON and keeps it in tests/benchmarks/results/serving.json. Needs nginx and curl.
"""

import argparse
import gzip
import http.client
import json
import os
import platform
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.prepared import lay_database

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "benchmarks" / "results" / "serving.json"
WARM_UP, CLIENTS, ROUNDS = 40, 4, 7
LENGTH_BYTES = 4  # at the end of what gzip packs: how long it was (RFC 1952, ISIZE)
SLOW_CLIENTS, SLOW_BYTES_S, PAGES = 50, 100_000, 60
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; default_type application/octet-stream;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location /plain/ {{ alias {archive}/; }}
    location /archive-bytes/ {{ internal; alias {archive}/; }}
    location / {{ proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host localhost; }}
  }}
}}
"""


def main() -> int:
    """Run all, print what came out; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--mb", type=int, default=40)
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        return fill(options.mb)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        result = measured(stack, folder, options)
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def measured(stack: ExitStack, folder: Path, options: Any) -> dict[str, Any]:
    environment = prepared(folder)
    made = json.loads(run_here(environment, "-m", "tests.benchmarks.bench_serving",
                               "--fill", "--mb", str(options.mb)))  # fmt: skip
    web, media, behind, front = (free_port() for _each in range(4))
    stack.enter_context(gunicorn(environment, web, workers=2, threads=8))
    stack.enter_context(gunicorn(environment, media, workers=1, threads=16))
    accel = environment | {"HERITAGE_ACCEL_PREFIX": "/archive-bytes"}
    stack.enter_context(gunicorn(accel, behind, workers=2, threads=8))
    stack.enter_context(nginx(folder, front, behind))
    scene = time_scene(web, made["scene"], options.requests)
    files = time_files(
        {
            "nginx": f"http://127.0.0.1:{front}/plain/{made['file']}",
            "behind nginx": f"http://127.0.0.1:{front}{made['model']}",
            "alone": f"http://localhost:{media}{made['model']}",
        }
    )
    admin = time_admin(web, media, made)
    return judged(scene, files, admin) | {"input": vars(options)}


def prepared(folder: Path) -> dict[str, str]:
    environment = dict(os.environ) | {
        "HERITAGE_DATA": str(folder),
        "HERITAGE_DEBUG": "false",
        "HERITAGE_SECRET_KEY": "for-a-benchmark-only-" + "x" * 40,
        "HERITAGE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "heritage.settings",
    }
    lay_database(folder)
    run_here(environment, "manage.py", "migrate", "-v0")
    run_here(environment, "manage.py", "collectstatic", "--no-input", "-v0")
    return environment


def fill(megabytes: int) -> int:
    """Make the museum; print what to ask for."""
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore

    from heritage.captures.media import media_path
    from heritage.exhibits.models import ExhibitItem
    from tests.heritage.exhibits.made import MadeModel, make_run, model_of, plain_models
    from tests.heritage.factories import (
        make_collection,
        make_exhibit,
        make_relic,
        make_user,
    )

    collection = make_collection()
    exhibit, models = make_exhibit(collection, state="released"), plain_models()
    for number in range(30):
        relic = make_relic(collection, state="released")
        make_run(relic, models=models)
        ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=number)
    big = MadeModel(os.urandom(megabytes * 1_000_000), 1, 1, models["web"].bounds)
    relic = make_relic(collection, state="released")
    model = model_of(make_run(relic, models={"web": big}))
    user = make_user(collection, "curator")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    told = {
        "scene": f"/api/exhibits/{exhibit.key}/scene?device=quest-3",
        "model": media_path(model),
        "file": model.stored_file.path,
        "session": session.session_key,
    }
    sys.stdout.write(json.dumps(told))
    return 0


def time_scene(port: int, path: str, count: int) -> dict[str, Any]:
    """Ask for the scene by a few clients at once, each on a connection of its own."""
    headers = {"Accept-Encoding": "gzip"}
    first, body = ask(port, path, headers)
    took: list[float] = []
    told: list[tuple[int, bytes]] = []

    def client() -> None:
        with closing(http.client.HTTPConnection("localhost", port)) as connection:
            for _again in range(WARM_UP + count // CLIENTS):
                began = time.perf_counter()
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                packed = answer.read()
                took.append(time.perf_counter() - began)
                told.append((answer.status, packed[-LENGTH_BYTES:]))

    time_together([client] * CLIENTS)
    took.clear()
    wall = time_together([client] * CLIENTS)
    right = told.count((200, body[-LENGTH_BYTES:]))
    if right != 2 * CLIENTS * (WARM_UP + count // CLIENTS):
        raise RuntimeError(f"{path}: {right} whole answers, {set(told)}")
    return {
        "objects": len(json.loads(gzip.decompress(body))["objects"]),
        "first_ms": round(first * 1000, 1),
        "p95_ms": p95_ms(took),
        "per_s": round(len(took) / wall),
        "packed_kb": round(len(body) / 1000, 1),
    }


def time_files(addresses: dict[str, str]) -> dict[str, float]:
    """Give MB/s of each, in turn; the median of several rounds."""
    speeds: dict[str, list[float]] = {name: [] for name in addresses}
    for _round in range(ROUNDS):
        for name, address in addresses.items():
            curl = ["curl", "-sf", "-o", os.devnull, "-w", "%{speed_download}", address]
            told = subprocess.run(curl, check=True, capture_output=True, text=True)
            speeds[name].append(float(told.stdout) / 1e6)
    return {name: round(median(values), 1) for name, values in speeds.items()}


def time_admin(web: int, media: int, made: dict[str, str]) -> dict[str, float]:
    cookie = {"Cookie": f"sessionid={made['session']}"}
    page = "/admin/catalogue/relic/"
    [ask(web, page, cookie) for _again in range(PAGES // 4)]
    idle = [ask(web, page, cookie)[0] for _again in range(PAGES)]
    with slow_clients(media, made["model"]) as read_bytes:
        busy = [ask(web, page, cookie)[0] for _again in range(PAGES)]
        reading = len(read_bytes)
    return {
        "idle_ms": p95_ms(idle), "busy_ms": p95_ms(busy),
        "slow_clients": SLOW_CLIENTS, "slow_clients_that_read": reading,
    }  # fmt: skip


@contextmanager
def slow_clients(port: int, path: str) -> Iterator[dict[int, int]]:
    """Have many clients read at a slow pace, from one thread, until this ends.

    Gives how many bytes each has read by now, of those that are answered with the file.
    """
    read_bytes: dict[int, int] = {}
    watch, ended = selectors.DefaultSelector(), threading.Event()
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    for _each in range(SLOW_CLIENTS):
        opened = socket.create_connection(("localhost", port))
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        opened.sendall(request)
        watch.register(opened, selectors.EVENT_READ)

    def read() -> None:
        while not ended.wait(0.1):
            for key, _events in watch.select(0):
                got = key.fileobj.recv(SLOW_BYTES_S // 10)  # type: ignore[union-attr]
                if key.fd in read_bytes or got.startswith(b"HTTP/1.1 200 "):
                    read_bytes[key.fd] = read_bytes.get(key.fd, 0) + len(got)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield read_bytes
    finally:
        ended.set()
        reader.join()
        for key in list(watch.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]


def judged(
    scene: dict[str, Any], files: dict[str, float], admin: dict[str, float]
) -> dict[str, Any]:
    share = {n: round(files[n] / files["nginx"], 2) for n in ("behind nginx", "alone")}
    ratio = round(admin["busy_ms"] / admin["idle_ms"], 2)
    return {
        "machine": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "scene": scene,
        "files_mb_s": files,
        "share_of_nginx": share,
        "admin": admin | {"ratio": ratio},
        "met": {
            "scene p95 <= 40 ms": scene["p95_ms"] <= 40,
            "scenes >= 200 a second": scene["per_s"] >= 200,
            "scene <= 40 kB": scene["packed_kb"] <= 40,
            "behind nginx >= 80 %": share["behind nginx"] >= 0.8,
            "alone >= 50 %": share["alone"] >= 0.5,
            "admin <= 1.5 x idle": ratio <= 1.5,
        },
    }


def time_together(works: list[Any]) -> float:
    threads = [threading.Thread(target=work) for work in works]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def p95_ms(seconds: list[float]) -> float:
    return round(quantiles(seconds, n=20)[-1] * 1000, 1)


def ask(port: int, path: str, headers: dict[str, str]) -> tuple[float, bytes]:
    began = time.perf_counter()
    with closing(http.client.HTTPConnection("localhost", port)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
    return time.perf_counter() - began, body


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def run_here(environment: dict[str, str], *arguments: str) -> str:
    told = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    return told.stdout


@contextmanager
def gunicorn(
    environment: dict[str, str], port: int, *, workers: int, threads: int
) -> Iterator[None]:
    command = [
        sys.executable, "-m", "gunicorn", "heritage.wsgi", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", str(workers), "--threads",
        str(threads), "--no-control-socket", "--log-level", "error",
    ]  # fmt: skip
    with ended_at_last(subprocess.Popen(command, cwd=ROOT, env=environment), port):
        yield


@contextmanager
def nginx(folder: Path, port: int, behind: int) -> Iterator[None]:
    binary = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if binary is None:
        raise RuntimeError("nginx is not installed: apt-get install nginx-light")
    config = folder / "nginx.conf"
    archive = folder / "archive"
    config.write_text(
        NGINX.format(folder=folder, port=port, behind=behind, archive=archive)
    )
    folder.chmod(0o755)
    with ended_at_last(subprocess.Popen([binary, "-c", str(config)]), port):
        yield


@contextmanager
def ended_at_last(process: "subprocess.Popen[bytes]", port: int) -> Iterator[None]:
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for(port: int, patience_s: float = 120) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


if __name__ == "__main__":
    sys.exit(main())
