"""The IIIF validator, Image API 3.0: all of level 2 in full, and what we offer beyond it.

Runs against a real server on a socket, with the reference image taken in as any other.
"""

import ctypes.util
import random
import sys
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from urllib.request import Request, urlopen

import pytest
from django.test import override_settings

from heritage.iiif.making import renderers
from tests.gates import SHARED_DATA
from tests.heritage.conftest import museum_folder
from tests.heritage.factories import make_collection, make_relic
from tests.heritage.images.made import make_images

# Two tests of formats that no level asks for import a binding of libmagic.
if ctypes.util.find_library("magic") is None:
    sys.modules.setdefault("magic", ModuleType("magic"))

from iiif_validator import validator
from iiif_validator.validator import ImageAPI, ValidationInfo

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

__all__ = ["museum_folder"]

VERSION, LEVEL = "3.0", 2
PATIENCE_S = 60  # the validator's own 5 s are for a machine that does nothing else
REFERENCE = SHARED_DATA / "images" / "iiif-validator-reference"
IMAGE = REFERENCE / "67352ccc-d1b0-11e1-89ae-279075081939.png"
# Of level 3, which has no bound: what our information document says we offer.
OFFERED = {
    "linkheader_canonical", "linkheader_profile", "rot_full_non90",
    "rot_mirror", "rot_mirror_180", "rot_region_non90",
}  # fmt: skip
# Not among them: size_up takes ^max for "never larger than the image", while 3.0,
# section 4.2, has it enlarge to maxArea; format_webp is written in Python 2. Enlarging
# and WebP have tests of our own.


def cases() -> list[str]:
    listed = validator.TestSuite(ValidationInfo()).list_tests(VERSION)
    return sorted(
        name
        for name, told in listed.items()
        if told["level"] <= LEVEL or name in OFFERED
    )


SUITES = {"iiif-image-3.0-level-2": cases()}


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """WhiteNoise wants its folder to exist when the server starts."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


@pytest.fixture(scope="session")
def live_server(static_folder: None, live_server: object) -> object:
    return live_server


@pytest.fixture
def reference(
    live_server: object, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, str]]:
    """Give server and identifier of the image that the validator knows."""
    if not IMAGE.is_file():
        pytest.skip("the validator's reference image is not beside the checkout")
    patient = partial(_urlopen, wait_s=PATIENCE_S)
    monkeypatch.setattr(validator, "urlopen", patient)
    relic = make_relic(make_collection(), state="released")
    (image,) = make_images(relic, (IMAGE.name, IMAGE))
    yield str(live_server).removeprefix("http://"), image.key
    renderers.close()


def _urlopen(request: Request, *, timeout: float, wait_s: float) -> object:
    return urlopen(request, timeout=max(timeout, wait_s))  # noqa: S310 - our own server


def test_level_2_in_full(reference: tuple[str, str]) -> None:
    """One test for all cases: starting server and database takes longer than they do."""
    server, identifier = reference
    failed = {}
    for name in SUITES["iiif-image-3.0-level-2"]:
        random.seed(name)  # the validator draws its regions and sizes
        result = ImageAPI(identifier, server, "iiif/3", version=VERSION, debug=False)
        validator.TestSuite(ValidationInfo()).run_test(name, result)
        if result.exception is not None:
            failed[name] = f"{result.exception} at {result.last_url}"
    assert failed == {}
