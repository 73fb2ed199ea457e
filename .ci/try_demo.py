"""Show the museum once from a bare clone: `make demo`, three questions, and its end.

Clones the checkout into a temporary folder, starts a demo of one relic on free ports and
asks, as a visitor would, for the home page, an exhibit's scene with its model, and a
SPARQL answer. Prints how long each took to come.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 480  # the museum promises six minutes on two cores, downloads included
STOP_S = 60
QUERY = """
PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>
SELECT (COUNT(DISTINCT ?thing) AS ?count) WHERE { ?thing a crm:E22_Human-Made_Object }
"""


class DemoFailed(Exception):
    """The demo did not show what it should."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="heritage-demo-") as folder:
        clone = Path(folder) / "heritage"
        clone_checkout(clone)
        log = Path(folder) / "demo.log"
        try:
            show(clone, log)
        except DemoFailed as error:
            sys.stderr.write(log.read_text(errors="replace")[-8000:])
            sys.stderr.write(f"\n{error}\n")
            return 1
    return 0


def clone_checkout(clone: Path) -> None:
    """Clone it even where the checkout is another user's, as on some CI machines."""
    trust = clone.parent / "gitconfig"
    trust.write_text("[safe]\n\tdirectory = *\n")
    subprocess.run(
        ["git", "clone", "-q", str(ROOT), str(clone)],
        env={**os.environ, "GIT_CONFIG_GLOBAL": str(trust)},
        check=True,
    )


def show(checkout: Path, log: Path) -> None:
    """Start a demo of one relic in `checkout`, ask it, stop it; raises `DemoFailed`."""
    web, media = free_ports(2)
    environment = {
        **os.environ,
        "HERITAGE_DEMO_RELICS": "1",
        "HERITAGE_WEB_PORT": str(web),
        "HERITAGE_MEDIA_PORT": str(media),
    }
    started = time.monotonic()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["make", "demo"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        ask(f"http://127.0.0.1:{web}", demo, started)
    finally:
        stop(demo)
    for port in (web, media):
        if listens(port):
            raise DemoFailed(f"something still answers on port {port} after the end")


def ask(site: str, demo: subprocess.Popen[bytes], started: float) -> None:
    def say(text: str) -> None:
        sys.stdout.write(f"{time.monotonic() - started:6.1f} s  {text}\n")
        sys.stdout.flush()

    home = wait_for(lambda: fetch(f"{site}/"), "the home page", demo, started)
    say(f"the home page answers ({len(home)} bytes)")
    scene = wait_for(lambda: find_scene(site), "a scene with a model", demo, started)
    say("the exhibit's scene names a model")
    model = fetch(model_address(site, scene) or "")
    if not model.startswith(b"glTF"):
        raise DemoFailed("what the scene names is not a GLB file")
    say(f"the model is a GLB file of {len(model)} bytes")
    wait_for(lambda: count_things(site), "a relic in the graph", demo, started)
    say("SPARQL counts a released relic")


def find_scene(site: str) -> dict[str, Any] | None:
    """Follow the home page to an exhibit whose scene already names a model."""
    pages = fetch(f"{site}/").decode()
    for key in dict.fromkeys(re.findall(r'href="/exhibits/([\w-]+)/?"', pages)):
        scene = json.loads(fetch(f"{site}/api/exhibits/{key}/scene"))
        if model_address(site, scene):
            return dict(scene)
    return None


def model_address(site: str, scene: object) -> str | None:
    """Find the first address of a GLB file, wherever the scene's document has it."""
    found = re.search(r'"([^"]+\.glb[^"]*)"', json.dumps(scene))
    return urllib.parse.urljoin(f"{site}/", found[1]) if found else None


def count_things(site: str) -> int:
    address = f"{site}/sparql?{urllib.parse.urlencode({'query': QUERY})}"
    answer = json.loads(fetch(address, accept="application/sparql-results+json"))
    return int(answer["results"]["bindings"][0]["count"]["value"])


def wait_for(
    question: Any, what: str, demo: subprocess.Popen[bytes], started: float
) -> Any:
    """Ask until there is an answer that counts, the demo has ended or time is up."""
    last = ""
    while time.monotonic() - started < LIMIT_S:
        if demo.poll() is not None:
            raise DemoFailed(f"make demo ended by itself with {demo.returncode}")
        try:
            answer = question()
        except (OSError, ValueError) as error:
            last = f" (last: {error})"
        else:
            if answer:
                return answer
        time.sleep(0.5)
    raise DemoFailed(f"no answer within {LIMIT_S} s: {what}{last}")


def fetch(address: str, accept: str = "*/*") -> bytes:
    request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        body: bytes = answer.read()
        return body


def stop(demo: subprocess.Popen[bytes]) -> None:
    """End it as Ctrl-C would, and see that it goes."""
    if demo.poll() is None:
        os.killpg(demo.pid, signal.SIGINT)
    try:
        demo.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(demo.pid, signal.SIGKILL)
        demo.wait()
        raise DemoFailed(f"make demo did not end within {STOP_S} s of Ctrl-C") from None


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main())
