"""EDM: valid by its schemas, 3D where there is a model, the same in OAI-PMH and by address."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from lxml import etree  # type: ignore[import-untyped]

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

from .samples import make_museum

pytestmark = pytest.mark.django_db

EDM = "{http://www.europeana.eu/schemas/edm/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PROFILE = 'application/rdf+xml;profile="http://www.europeana.eu/schemas/edm/"'


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> Any:
    path = shared_data / "rdf" / "edm" / "schema_xsds" / "EDM.xsd"
    return etree.XMLSchema(etree.parse(path))


def read(client: Client, key: str) -> Any:
    response = client.get(f"/data/relic/{key}.edm")
    assert response["Content-Type"] == "application/rdf+xml"
    return etree.fromstring(response.content)


def linked(root: Any, name: str) -> list[str]:
    return [one.get(f"{RDF}resource") for one in root.iter(f"{EDM}{name}")]


def spelled(root: Any) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (one.tag, (one.text or "").strip(), dict(one.attrib)) for one in root.iter()
    ]


@pytest.mark.conformance
def test_a_relic_with_a_model_is_valid_and_3d(
    client: Client, collection: Collection, schema: Any
) -> None:
    museum = make_museum(collection)
    museum.release()
    root = read(client, museum.relic.key)
    schema.assertValid(root)
    (thing,) = root.iter(f"{EDM}ProvidedCHO")
    assert thing.findtext(f"{EDM}type") == "3D"
    (shown,) = linked(root, "isShownBy")
    assert shown in {one.get(f"{RDF}about") for one in root.iter(f"{EDM}WebResource")}
    assert linked(root, "isShownAt")[0].endswith(f"/relics/{museum.relic.key}")
    assert linked(root, "aggregatedCHO") == [thing.get(f"{RDF}about")]


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("rights", "stated"),
    [
        ("", "http://rightsstatements.org/vocab/CNE/1.0/"),
        ("all ours", "http://rightsstatements.org/vocab/CNE/1.0/"),
        ("http://creativecommons.org/licenses/by/4.0/",
         "http://creativecommons.org/licenses/by/4.0/"),
    ],
)  # fmt: skip
def test_a_bare_relic_is_valid_and_says_its_rights(
    client: Client, collection: Collection, schema: Any, rights: str, stated: str
) -> None:
    relic = make_relic(collection, rights=rights, name_en="a\x0bb & <c>")
    release(relic, by=None)
    root = read(client, relic.key)
    schema.assertValid(root)
    assert set(linked(root, "rights")) == {stated}


def test_harvesters_get_the_same(client: Client, collection: Collection) -> None:
    relic = make_relic(collection)
    release(relic, by=None)
    asked = {"verb": "ListRecords", "metadataPrefix": "edm"}
    root = etree.fromstring(client.get("/oai-pmh", asked).content)
    (harvested,) = root.iter(f"{RDF}RDF")
    assert spelled(harvested) == spelled(read(client, relic.key))
    led = client.get(f"/id/relic/{relic.key}", headers={"Accept": PROFILE})
    assert led["Location"] == f"/data/relic/{relic.key}.edm"


def test_drafts_are_unknown_and_the_withdrawn_gone(
    client: Client, collection: Collection, curator: Any
) -> None:
    relic = make_relic(collection)
    client.force_login(curator)
    assert client.get(f"/data/relic/{relic.key}.edm").status_code == 404
    release(relic, by=None)
    withdraw(relic, by=None)
    assert client.get(f"/data/relic/{relic.key}.edm").status_code == 410
    assert client.get(f"/data/agent/{relic.key}.edm").status_code == 404
