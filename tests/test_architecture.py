"""Imports run one way, and what must start fast or stay small imports nothing heavy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Each parses untrusted bytes in native code or costs hundreds of megabytes: only
# engine processes may load it, never the one that answers visitors.
ENGINE_ONLY = {
    "laspy", "lazrs", "meshoptimizer", "open3d", "pi_heif", "pye57", "pyvips", "scipy",
    "trimesh",
}  # fmt: skip

# What few processes need, and each of which takes a second or tens of megabytes to load.
HEAVY = {"ninja", "openpyxl", "pypinyin", "pyshacl"}

LIST_PACKAGES = """
import json, sys
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
LOAD_WEB = """
from heritage.wsgi import application
from django.contrib import admin
from django.urls import get_resolver

def walk(patterns):
    for pattern in patterns:
        walk(getattr(pattern, "url_patterns", []))

walk(get_resolver().url_patterns)
admin.autodiscover()
"""


def packages_after(code: str) -> set[str]:
    """Run `code` in a fresh Python and give the top-level packages then loaded."""
    done = subprocess.run(
        [sys.executable, "-c", code + LIST_PACKAGES],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "heritage.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_imports_run_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "module", ["scans.child", "scans.errors", "knowledge_graph.query.client"]
)
def test_what_talks_to_an_engine_needs_only_the_standard_library(module: str) -> None:
    bare = packages_after("")
    loaded = packages_after(f"import {module}\n") - bare
    foreign = loaded - sys.stdlib_module_names - {module.partition(".")[0]}
    assert foreign == set()


def test_web_process_loads_no_engine_library() -> None:
    loaded = packages_after(LOAD_WEB)
    assert "django" in loaded
    assert loaded & ENGINE_ONLY == set()


def test_this_check_sees_an_engine_library() -> None:
    assert packages_after("import trimesh\n") & ENGINE_ONLY >= {"trimesh"}


def test_a_command_loads_nothing_heavy_that_it_may_not_need() -> None:
    """Memory of a deposit is bounded, and every process of the museum begins so."""
    assert packages_after("import django\ndjango.setup()\n") & HEAVY == set()
