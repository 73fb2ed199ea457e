"""OAI-PMH 2.0: verbs, errors, pages, what is deleted, and both formats."""

from datetime import UTC, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection, Place, Relic
from heritage.lib.xml import clean
from heritage.linked_data.harvest import listing
from tests.heritage.factories import make_relic, make_site

from .samples import Museum, make_museum

OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
LIDO = "{http://www.lido-schema.org}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"

pytestmark = pytest.mark.django_db


def asked(client: Client, method: str = "get", **arguments: Any) -> ET.Element:
    response = getattr(client, method)("/oai-pmh", arguments)
    assert response.status_code == 200  # errors are answers too
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 - our own answer
    assert [one.tag for one in root][:2] == [f"{OAI}responseDate", f"{OAI}request"]
    assert len(root) == 3
    return root[2]


def error(client: Client, **arguments: Any) -> str:
    body = asked(client, **arguments)
    assert body.tag == f"{OAI}error"
    assert body.text
    return str(body.get("code"))


def headers(body: ET.Element) -> list[tuple[str, str | None]]:
    return [
        (one.findtext(f"{OAI}identifier", ""), one.get("status"))
        for one in body.iter(f"{OAI}header")
    ]


@pytest.fixture
def museum(collection: Collection) -> Museum:
    museum = make_museum(collection)
    museum.release()
    return museum


def identifier(record: Any) -> str:
    return listing.identifier_of(record)


def test_it_identifies_itself(museum: Museum, client: Client) -> None:
    body = asked(client, verb="Identify")
    assert [one.tag.removeprefix(OAI) for one in body] == [
        "repositoryName",
        "baseURL",
        "protocolVersion",
        "adminEmail",
        "earliestDatestamp",
        "deletedRecord",
        "granularity",
    ]
    assert body.findtext(f"{OAI}baseURL", "").endswith("/oai-pmh")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Erase"}, "badVerb"),
        ({"verb": ["Identify", "Identify"]}, "badVerb"),
        ({"verb": "Identify", "set": "relic"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "GetRecord", "identifier": "x"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ["lido", "lido"]}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"},
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-01",
                "until": "2026-01-02T00:00:00Z",
            },
            "badArgument",
        ),
        (
            {
                "verb": "ListRecords",
                "metadataPrefix": "oai_dc",
                "from": "2026-01-02",
                "until": "2026-01-01",
            },
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"},
            "noRecordsMatch",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "weapons"},
            "badArgument",
        ),
        (
            {"verb": "ListIdentifiers", "metadataPrefix": "lido", "set": "exhibit"},
            "cannotDisseminateFormat",
        ),
        ({"verb": "ListRecords", "resumptionToken": "abc"}, "badResumptionToken"),
        ({"verb": "ListSets", "resumptionToken": "abc"}, "badResumptionToken"),
        (
            {"verb": "ListRecords", "resumptionToken": "a", "metadataPrefix": "lido"},
            "badArgument",
        ),
        (
            {"verb": "GetRecord", "identifier": "oai:x:y", "metadataPrefix": "lido"},
            "idDoesNotExist",
        ),
        ({"verb": "ListMetadataFormats", "identifier": "relic/x"}, "idDoesNotExist"),
    ],
)
def test_errors_are_the_protocols(
    museum: Museum, client: Client, arguments: dict[str, Any], code: str
) -> None:
    assert error(client, **arguments) == code


def test_drafts_are_never_named(client: Client, collection: Collection) -> None:
    draft = make_relic(collection)
    arguments = {"metadataPrefix": "oai_dc"}
    assert error(client, verb="ListIdentifiers", **arguments) == "noRecordsMatch"
    one = {"verb": "GetRecord", "identifier": identifier(draft)}
    assert error(client, **one, **arguments) == "idDoesNotExist"


def test_what_was_withdrawn_is_deleted(museum: Museum, client: Client) -> None:
    known = {
        "verb": "GetRecord",
        "identifier": identifier(museum.relic),
        "metadataPrefix": "lido",
    }
    assert headers(asked(client, **known)) == [(identifier(museum.relic), None)]
    withdraw(museum.relic, by=None)
    body = asked(client, **known)
    assert headers(body) == [(identifier(museum.relic), "deleted")]
    assert body.find(f".//{OAI}metadata") is None
    assert "Bronze" not in ET.tostring(body, encoding="unicode")


def test_a_relic_as_dublin_core(museum: Museum, client: Client) -> None:
    body = asked(
        client,
        verb="GetRecord",
        identifier=identifier(museum.relic),
        metadataPrefix="oai_dc",
    )
    titles = {one.get(LANG): one.text for one in body.iter(f"{DC}title")}
    assert titles == museum.relic.names
    texts = [one.text for one in body.iter()]
    for wanted in ("Master Wang", "overall height 11.3 centimetre", "西汉(前206)"):
        assert wanted in texts
    assert museum.relic.maker
    withdraw(museum.relic.maker, by=None)
    again = asked(
        client,
        verb="GetRecord",
        identifier=identifier(museum.relic),
        metadataPrefix="oai_dc",
    )
    assert "Master Wang" not in [one.text for one in again.iter()]


def test_a_site_is_harvested_without_its_place(
    client: Client, collection: Collection
) -> None:
    place = Place.objects.create(collection=collection, name_zh="秘密地点")
    site = make_site(collection, place=place)
    release(site, by=None)
    body = asked(client, verb="ListRecords", metadataPrefix="oai_dc", set="site")
    texts = [one.text for one in body.iter()]
    assert {"龙窑遗址", "Dragon kiln", "PhysicalObject"} <= set(texts)
    assert "秘密地点" not in texts


def test_a_relic_as_lido(museum: Museum, client: Client) -> None:
    body = asked(
        client,
        verb="GetRecord",
        identifier=identifier(museum.relic),
        metadataPrefix="lido",
    )
    root = body.find(f".//{LIDO}lido")
    assert root is not None
    assert [one.tag.removeprefix(LIDO) for one in root] == [
        "lidoRecID",
        "objectPublishedID",
        "descriptiveMetadata",
        "administrativeMetadata",
    ]
    # What LIDO 1.1 asks of every record.
    for path in (
        "descriptiveMetadata/{0}objectClassificationWrap/{0}objectWorkTypeWrap/{0}objectWorkType/{0}term",
        "descriptiveMetadata/{0}objectIdentificationWrap/{0}titleWrap/{0}titleSet/{0}appellationValue",
        "administrativeMetadata/{0}recordWrap/{0}recordID",
        "administrativeMetadata/{0}recordWrap/{0}recordType/{0}term",
        "administrativeMetadata/{0}recordWrap/{0}recordSource/{0}legalBodyName/{0}appellationValue",
    ):
        assert root.findtext(f"{LIDO}{path.format(LIDO)}"), path
    dates = [root.findtext(f".//{LIDO}{name}Date") for name in ("earliest", "latest")]
    assert dates == ["-0205", "0008"]
    links = [one.text or "" for one in root.iter(f"{LIDO}linkResource")]
    assert any(link.endswith("headset.glb") for link in links)


def test_a_list_goes_on_to_its_end_whatever_changes(
    client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    relics = [make_relic(collection) for _ in range(5)]
    for relic in relics:
        release(relic, by=None)
    body = asked(client, verb="ListIdentifiers", metadataPrefix="oai_dc")
    seen, sizes = headers(body), []
    while (token := body.find(f"{OAI}resumptionToken")) is not None and token.text:
        sizes.append((token.get("completeListSize"), token.get("cursor")))
        if len(sizes) == 1:
            withdraw(relics[0], by=None)  # comes again, as deleted
        body = asked(client, "post", verb="ListIdentifiers", resumptionToken=token.text)
        seen += headers(body)
    assert sizes == [("5", "0"), ("5", "2")]
    assert token is not None  # the last page says so by an empty one
    assert (token.text, token.get("cursor")) == (None, "4")
    assert {name for name, _ in seen} == {identifier(relic) for relic in relics}
    assert (identifier(relics[0]), "deleted") in seen


def test_a_page_costs_the_same_for_few_and_many(
    client: Client, collection: Collection, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        release(make_relic(collection, maker=None), by=None)
    with django_assert_max_num_queries(25):
        body = asked(client, verb="ListRecords", metadataPrefix="lido")
    assert len(headers(body)) == 12


def test_a_token_that_is_too_old_is_refused(
    client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 1)
    for _ in range(2):
        release(make_relic(collection), by=None)
    body = asked(client, verb="ListRecords", metadataPrefix="lido")
    token = body.findtext(f"{OAI}resumptionToken")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        again = {"verb": "ListRecords", "resumptionToken": token}
        assert error(client, **again) == "badResumptionToken"


def test_dates_and_sets_narrow_a_list(museum: Museum, client: Client) -> None:
    day = timezone.now().astimezone(UTC).date()
    moment = listing.stamp(museum.relic.modified_at)
    relic = identifier(museum.relic)
    arguments: dict[str, Any] = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}

    def names(**more: str) -> set[str]:
        return {name for name, _ in headers(asked(client, **arguments, **more))}

    everything = names()
    assert relic in everything
    assert identifier(museum.exhibit) in everything
    assert names(**{"from": str(day), "until": str(day)}) == everything
    assert relic in names(**{"from": moment, "until": moment})
    assert names(set="relic") == {relic} == names(set=f"relic:{museum.relic.category}")
    tomorrow = str(day + timedelta(days=1))
    assert error(client, **arguments, **{"from": tomorrow}) == "noRecordsMatch"


def test_formats_are_those_of_the_record(museum: Museum, client: Client) -> None:
    def prefixes(**more: str) -> list[str | None]:
        body = asked(client, verb="ListMetadataFormats", **more)
        return [one.text for one in body.iter(f"{OAI}metadataPrefix")]

    assert prefixes() == ["oai_dc", "lido", "edm"]
    assert prefixes(identifier=identifier(museum.relic)) == ["oai_dc", "lido", "edm"]
    assert prefixes(identifier=identifier(museum.element)) == ["oai_dc"]


@given(st.text())
def test_any_text_is_written_as_xml(text: str) -> None:
    root = ET.Element("root")
    root.text = clean(text)
    data = ET.tostring(root, encoding="UTF-8")
    assert ET.fromstring(data).text in {clean(text) or None, _lines(clean(text))}  # noqa: S314


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_a_name_that_xml_cannot_hold_breaks_nothing(
    client: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    Relic.objects.filter(pk=relic.pk).update(name_en="a\x0bb")
    relic.refresh_from_db()
    release(relic, by=None)
    body = asked(client, verb="ListRecords", metadataPrefix="oai_dc")
    assert "a\ufffdb" in [one.text for one in body.iter(f"{DC}title")]
