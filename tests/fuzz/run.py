"""Fuzz every reader of ours for some seconds: `python -m tests.fuzz.run [SECONDS]`.

What was found lies in var/fuzz/, and so does the corpus, which the next run goes on with.
"""

import subprocess
import sys
from pathlib import Path

from tests.fuzz.seeds import SEEDS

FOLDER = Path("var/fuzz")
LIMITS = ("-rss_limit_mb=2048", "-timeout=10", "-max_len=4096")


def main() -> int:
    """Fuzz them one after the other; 1 if anything was found."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    failed = [suffix for suffix in sorted(SEEDS) if not fuzz(suffix, seconds)]
    for suffix in failed:
        sys.stderr.write(f"{suffix}: see {FOLDER / suffix}.log\n")
    return 1 if failed else 0


def fuzz(suffix: str, seconds: str) -> bool:
    """Fuzz one reader; whether it held."""
    (FOLDER / suffix).mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "tests.fuzz.fuzz_readers"),
        *(suffix, str(FOLDER / suffix), f"-max_total_time={seconds}"),
        *(f"-artifact_prefix={FOLDER}/{suffix}-", *LIMITS),
    ]
    with (FOLDER / f"{suffix}.log").open("wb") as log:
        done = subprocess.run(command, stderr=log, stdout=log, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
