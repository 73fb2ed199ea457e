"""The device classes and their documentation."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from heritage.exhibits.api import api
from heritage.exhibits.devices import MIB, devices, find_device
from heritage.exhibits.errors import UnknownDevice
from heritage.exhibits.shown import ORDER

PAGE = Path(settings.BASE_DIR) / "docs/reference/exhibits.md"


def test_the_page_shows_the_table_that_holds() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| (\d+) \| (\d+) \| (\d+) \| (.+) \|$", PAGE.read_text(), re.M
    )
    documented = {row[0]: row[1:] for row in rows}
    assert documented == {
        name: (
            str(device.budget.triangles),
            str(device.budget.draws),
            str(device.budget.gpu_bytes // MIB),
            ", ".join(device.levels),
        )
        for name, device in devices().items()
    }


def test_every_operation_is_documented() -> None:
    documented = PAGE.read_text()
    for path in api.get_openapi_schema(path_prefix="/api/")["paths"]:
        assert path.replace("{key}", "<key>") in documented


def test_levels_are_named_from_coarse_to_fine() -> None:
    for device in devices().values():
        assert list(device.levels) == [name for name in ORDER if name in device.levels]
        assert set(device.titles) == {"zh-Hans", "en"}


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(UnknownDevice):
        find_device("toaster")
