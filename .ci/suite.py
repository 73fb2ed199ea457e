"""Run the tests; the few that fail beside others are asked once more, alone.

    suite.py WORKERS [TEST ...]

On a machine of two cores a browser may wait for its turn longer than a test waits for
the browser. A fault fails twice; what fails once is told, and counted, as unsteady.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
MOST_ASKED_AGAIN = 3  # more at once is no chance
PACKAGES = ["heritage", "knowledge_graph", "scans", "tests"]
GROUP = re.compile(r"(?<=[\w\]])@[\w-]+$")  # which xdist puts behind a test's name
TESTS_FAILED = 1  # pytest's code for it; a higher one is no test's fault


def main(workers: str, tests: list[str]) -> int:
    compile_code()
    code = run_tests(["-n", workers, "--dist", "loadgroup", *tests])
    failed = names_of_failed()
    if code != TESTS_FAILED or not 0 < len(failed) <= MOST_ASKED_AGAIN:
        return code
    say(f"== {len(failed)} failed beside the others; asked once more, alone:", failed)
    code = run_tests(["-n0", *failed])
    unsteady = [name for name in failed if name not in names_of_failed()]
    if unsteady:
        say(
            f"== {len(unsteady)} unsteady: failed beside others, passed alone:",
            unsteady,
        )
    return code


def compile_code() -> None:
    """Compile our own code once: the tests start hundreds of processes that import it.

    None of those may write what it compiles (PYTHONDONTWRITEBYTECODE): one whose files
    may only be small would leave halves behind.
    """
    packages = [name for name in PACKAGES if Path(name).is_dir()]
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", *packages]
    subprocess.run(command, check=True)


def run_tests(arguments: list[str]) -> int:
    FAILED.unlink(missing_ok=True)  # what this run does not ask again stays in it
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, check=False).returncode


def names_of_failed() -> list[str]:
    """What pytest has written down; nothing where no test has failed."""
    try:
        names = [name for name in json.loads(FAILED.read_bytes()) if "::" in name]
        # In order: of a folder that is named twice pytest forgets the fixtures.
        return sorted(GROUP.sub("", name) for name in names)
    except FileNotFoundError:
        return []


def say(heading: str, names: list[str]) -> None:
    sys.stdout.write("\n".join([heading, *(f"   {name}" for name in names), ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
