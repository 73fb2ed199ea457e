"""Our manifests, collections and scenes by the schemas of the official validator.

The validator's own fixtures, good and broken, show that the schemas are read rightly.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.conformance.iiif_schema import faults
from tests.gates import SHARED_DATA
from tests.heritage.conftest import collection, museum_folder
from tests.heritage.exhibits.conftest import exhibit
from tests.heritage.factories import make_relic
from tests.heritage.images.made import gradient, place_image

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

__all__ = ["collection", "exhibit", "museum_folder"]

VALIDATOR = SHARED_DATA / "suites" / "iiif-presentation-validator"
FIXTURES = VALIDATOR / "fixtures"


def fixtures(version: str) -> list[str]:
    folder = FIXTURES / version
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.json"))


BROKEN = {
    "broken_collection.json", "broken_service.json",
    "collection_of_canvases.json", "rights_lang_issues.json",
}  # fmt: skip
SUITES = {"iiif-presentation-3-fixtures": fixtures("3")}


@pytest.fixture
def schemas(shared_data: Path) -> Path:
    return VALIDATOR / "schema"


def get(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return dict(json.loads(answer.content))


@pytest.fixture
def addresses(exhibit: Any, client: Client) -> list[str]:
    """Every kind of document: book with sections, relic with and without images."""
    collection = exhibit.collection
    relic = make_relic(collection, state="released", credit="本馆")
    image = place_image(relic, gradient(90, 120), type="pages")
    type(image).objects.filter(pk=image.pk).update(section="卷一", label="一页")
    modelled = exhibit.items.exclude(relic=None).first().relic
    return [
        f"/iiif/p3/relic/{relic.key}/manifest",
        f"/iiif/p3/image-set/{image.image_set.key}/manifest",
        f"/iiif/p3/relic/{modelled.key}/manifest",
        f"/iiif/p3/exhibit/{exhibit.key}/manifest",
        "/iiif/p3/collection/museum",
        "/iiif/p3/collection/exhibits",
        f"/iiif/p3/collection/{collection.pk}",
    ]


def test_what_we_publish_is_valid(
    addresses: list[str], client: Client, schemas: Path
) -> None:
    for address in addresses:
        assert faults(schemas, get(client, address), version=3) == [], address


def test_scenes_of_the_draft_are_valid(
    exhibit: Any, client: Client, schemas: Path, settings: Any
) -> None:
    settings.IIIF_PRESENTATION_4 = True
    modelled = exhibit.items.exclude(relic=None).first().relic
    for record in (exhibit, modelled):
        address = f"/iiif/p4/{record.kind}/{record.key}/manifest"
        assert faults(schemas, get(client, address), version=4) == []


@pytest.mark.parametrize("name", fixtures("3"))
def test_the_schema_tells_good_from_broken(name: str, schemas: Path) -> None:
    document = json.loads((FIXTURES / "3" / name).read_text())
    assert bool(faults(schemas, document, version=3)) == (name in BROKEN)
