"""The reconciliation service: OpenRefine's walk through it, by its schemas."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.contrib.auth.models import User
from django.test import Client
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from heritage.catalogue.actions import withdraw
from heritage.catalogue.models import Agent, Collection, Period, Place, Relic
from tests.heritage.factories import make_person, make_place, make_relic
from tests.heritage.search.desk import keep_up

pytestmark = pytest.mark.django_db
RELEASED = Relic.State.RELEASED
AMBIGUOUS_NAME = "青铜鼎"


@pytest.fixture
def painter(collection: Collection) -> Agent:
    return make_person(
        collection, name_zh="髡残", name_en="Kuncan", state=RELEASED,
        birth_year=1612, death_year=1673, contact="13800000000",
    )  # fmt: skip


@pytest.fixture
def relic(collection: Collection, painter: Agent) -> Relic:
    return make_relic(
        collection, name_zh="报恩寺图", name_en="The Bao'en Temple", register_no="总0007",
        period_text="清顺治", maker=painter, category="calligraphy-and-painting",
        state=RELEASED, made_at=make_place(collection, name_zh="金陵"),
        store_location="密柜九号",
    )  # fmt: skip


def ask(client: Client, queries: dict[str, Any]) -> dict[str, Any]:
    response = client.post("/reconcile", {"queries": json.dumps(queries)})
    assert response.status_code == 200, response.content
    assert response["Access-Control-Allow-Origin"] == "*"
    body: dict[str, Any] = response.json()
    return body


def best(client: Client, text: str, kind: str = "", **more: Any) -> dict[str, Any]:
    query = {"query": text, "type": kind, **more}
    found = ask(client, {"q0": query})["q0"]["result"]
    return found[0] if found else {}


class TestNames:
    @pytest.mark.parametrize("text", ["髡残", "髡殘", "kuncan", "Kun Can", "KUNCAN"])
    def test_a_person_in_every_script(
        self, client: Client, painter: Agent, text: str
    ) -> None:
        keep_up()
        found = best(client, text, "agent")
        assert (found["id"], found["match"]) == (f"id/agent/{painter.key}", True)

    def test_terms_need_no_record(self, client: Client) -> None:
        keep_up()
        for text, kind, wanted in (
            ("唐", "period", "vocab/period/tang"),
            ("Ming dynasty", "period", "vocab/period/ming"),
            ("瓷", "material", "vocab/material/porcelain"),
            ("porcelain", "material", "vocab/material/porcelain"),
        ):
            assert best(client, text, kind)["id"] == wanted, text

    def test_properties_tell_namesakes_apart(
        self, client: Client, collection: Collection
    ) -> None:
        first, second = (
            make_relic(
                collection, name_zh=AMBIGUOUS_NAME, state=RELEASED, register_no=no
            )
            for no in ("A1", "A2")
        )
        keep_up()
        alike = ask(client, {"q0": {"query": AMBIGUOUS_NAME, "type": ["relic"]}})
        assert [one["match"] for one in alike["q0"]["result"]] == [False, False]
        told = [{"pid": "register_no", "v": "A2"}]
        found = best(client, AMBIGUOUS_NAME, "relic", properties=told)
        assert (found["id"], found["match"]) == (f"id/relic/{second.key}", True)
        by_number = ask(client, {"q": {"properties": told, "type": "relic"}})
        assert by_number["q"]["result"][0]["id"] == f"id/relic/{second.key}"
        assert first.key != second.key


class TestSight:
    def test_nobody_learns_what_is_not_released(
        self, client: Client, collection: Collection, curator: User,
        volunteer: User, stranger: User,
    ) -> None:  # fmt: skip
        draft = make_person(collection, name_zh="未公布人")
        keep_up()
        for user in (curator, volunteer, stranger):
            client.force_login(user)
            assert best(client, "未公布人", "agent") == {}
            text = client.get(f"/reconcile/preview?id=id/agent/{draft.key}")
            assert text.status_code == 404
            rows = extend(client, [f"id/agent/{draft.key}"], ["name_zh"])["rows"]
            assert rows[f"id/agent/{draft.key}"] == {"name_zh": []}

    def test_what_is_withdrawn_is_gone_at_once(
        self, client: Client, painter: Agent, curator: User
    ) -> None:
        keep_up()
        withdraw(painter, by=curator)
        assert best(client, "髡残", "agent") == {}

    def test_a_table_is_told_public_values_only(
        self, client: Client, relic: Relic, painter: Agent
    ) -> None:
        keep_up()
        names = [
            "name_en",
            "register_no",
            "maker",
            "made_at",
            "store_location",
            "period",
        ]
        row = extend(client, [f"id/relic/{relic.key}"], names)["rows"][
            f"id/relic/{relic.key}"
        ]
        assert row["register_no"] == [{"str": "总0007"}]
        assert row["maker"] == [{"id": f"id/agent/{painter.key}", "name": "髡残"}]
        assert (
            row["made_at"] == row["store_location"] == []
        )  # a draft; nobody's business

    @pytest.mark.parametrize("state", [Relic.State.DRAFT, RELEASED])
    def test_a_period_is_named_once_it_is_public(
        self, client: Client, relic: Relic, state: str
    ) -> None:
        relic.period = Period.objects.create(
            collection=relic.collection, slug="qing", name_zh="清", state=state
        )
        relic.save()
        thing = f"id/relic/{relic.key}"
        told = extend(client, [thing], ["period"])["rows"][thing]["period"]
        wanted = ["vocab/period/qing"] if state == RELEASED else []
        assert [one["id"] for one in told] == wanted


def extend(client: Client, ids: list[str], properties: list[str]) -> dict[str, Any]:
    told = {"ids": ids, "properties": [{"id": pid} for pid in properties]}
    response = client.post("/reconcile", {"extend": json.dumps(told)})
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"q": 1}', '{"q": {}}', '{"q": {"query": 5}}', "[" * 90_000,
     '{"q": {"query": "x", "limit": 0}}', '{"q": {"query": "x", "properties": [{}]}}',
     '{"q": {"query": "x", "limit": true}}', '{"q": {"query": "x", "limit": NaN}}',
     '{"q": {"query": "\\ud800"}}', '{"\\ud800": {"query": "x"}}'],
)  # fmt: skip
def test_what_is_no_query_is_told_so(client: Client, text: str) -> None:
    response = client.post("/reconcile", {"queries": text})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")


def too_much() -> list[dict[str, Any]]:
    one = {"query": "x", "limit": 50}
    return [
        {str(n): {"query": "x"} for n in range(51)},
        {"q": one | {"properties": [{"pid": f"p{n}", "v": "x"} for n in range(31)]}},
        {"q": one | {"properties": [{"pid": "p", "v": [*map(str, range(21))]}]}},
        {
            str(n): one | {"properties": [{"pid": "p", "v": [*map(str, range(20))]}]}
            for n in range(3)
        },
    ]


@pytest.mark.parametrize("batch", too_much())
def test_a_batch_that_costs_too_much_is_refused(
    client: Client, batch: dict[str, Any]
) -> None:
    response = client.post("/reconcile", {"queries": json.dumps(batch)})
    assert response.status_code == 400


def test_a_property_told_often_is_one_property(client: Client, relic: Relic) -> None:
    keep_up()
    told = [{"pid": "register_no", "v": "总0007"}] * 1_000
    found = best(client, "报恩寺图", "relic", properties=told, limit=2)
    assert found["id"] == f"id/relic/{relic.key}"


def test_more_rows_cost_no_more_queries(
    client: Client, relic: Relic, django_assert_max_num_queries: Any
) -> None:
    more = [
        make_relic(
            relic.collection, maker=relic.maker, made_at=relic.made_at, state=RELEASED
        )
        for _ in range(8)
    ]
    ids = [f"id/relic/{one.key}" for one in (relic, *more)]
    pids = ["maker", "made_at", "find_place", "material", "period", "name_zh"]
    with django_assert_max_num_queries(15):
        rows = extend(client, ids, pids)["rows"]
    assert len(rows) == 9


def test_a_strange_limit_is_no_limit(client: Client) -> None:
    answer = client.get("/reconcile/properties", {"limit": "9" * 5_000})
    assert answer.status_code == 200


def test_strange_identifiers_name_nothing(client: Client) -> None:
    strange = [
        "",
        "id",
        "id/relic",
        "id/relic/\x00",
        "vocab/period/",
        "id/term/a",
        "é/é/é",
    ]
    rows = extend(client, strange, ["name_zh", "nothing"])["rows"]
    assert all(row == {"name_zh": [], "nothing": []} for row in rows.values())
    for one in strange:
        assert client.get("/reconcile/preview", {"id": one}).status_code == 404


def test_before_there_is_an_index(client: Client) -> None:
    response = client.get("/reconcile", {"queries": '{"q": {"query": "x"}}'})
    assert response.status_code == 503


@pytest.mark.conformance
class TestSchemas:
    """What the official schemas say of each answer, on the way OpenRefine goes."""

    @pytest.fixture
    def suite(self, shared_data: Path) -> Path:
        return shared_data / "suites" / "reconciliation" / "0.2"

    def test_openrefines_way(
        self, client: Client, suite: Path, relic: Relic, painter: Agent
    ) -> None:
        keep_up()
        manifest = client.get("/reconcile").json()
        check(suite, "manifest", manifest)
        # Its own examples of batches, by GET and by POST; a name of theirs is none of ours.
        for path in sorted(
            (suite / "examples/reconciliation-query-batch/valid").iterdir()
        ):
            batch = path.read_text()
            check(suite, "reconciliation-query-batch", json.loads(batch))
            for way in (client.get, client.post):
                answer = way("/reconcile", {"queries": batch}).json()
                check(suite, "reconciliation-result-batch", answer)
                assert set(answer) == set(json.loads(batch))
        answer = ask(client, {"q0": {"query": "报恩寺图", "type": "relic", "limit": 5}})
        check(suite, "reconciliation-result-batch", answer)
        found = answer["q0"]["result"][0]["id"]
        services = manifest["suggest"]
        for what, prefix in (("entity", "kunc"), ("type", "文"), ("property", "年")):
            told = client.get(services[what]["service_path"], {"prefix": prefix}).json()
            schema = {"entity": "entities", "type": "types", "property": "properties"}
            check(suite, f"suggest-{schema[what]}-response", told)
            assert told["result"], what
            first = told["result"][0]["id"]
            address = services[what]["flyout_service_path"].replace("${id}", first)
            assert client.get(address).json()["id"] == first
        shown = client.get("/reconcile/preview", {"id": found})
        assert "报恩寺图" in shown.content.decode()
        assert "X-Frame-Options" not in shown
        proposed = client.get("/reconcile/properties?type=relic&limit=4").json()
        check(suite, "data-extension-property-proposal", proposed)
        told = extend(client, [found], [one["id"] for one in proposed["properties"]])
        check(suite, "data-extension-response", told)
        assert client.get(f"/{found}").status_code == 303  # the manifest's view

    def test_its_broken_batches(self, client: Client, suite: Path) -> None:
        keep_up()
        for path in sorted(
            (suite / "examples/reconciliation-query-batch/invalid").iterdir()
        ):
            response = client.post("/reconcile", {"queries": path.read_text()})
            assert response.status_code in {200, 400}, path.name


def check(suite: Path, name: str, document: Any) -> None:
    schemas = {p.name: json.loads(p.read_text()) for p in (suite / "schemas").iterdir()}
    base = "https://reconciliation-api.github.io/specs/0.2/schemas/"
    draft = "https://reconciliation-api.github.io/specs/draft/schemas/"
    named = {
        **{base + n: s for n, s in schemas.items()},
        **{draft + n: s for n, s in schemas.items()},
    }
    named["http://swagger.io/v2/schema.json"] = schemas["openapi.json"]
    registry: Registry[Any] = Registry().with_resources(
        (iri, Resource.from_contents(schema, default_specification=DRAFT7))
        for iri, schema in named.items()
    )
    validator = jsonschema.Draft7Validator(schemas[f"{name}.json"], registry=registry)
    assert [error.message for error in validator.iter_errors(document)] == []


def test_a_place_says_where_it_lies(client: Client, collection: Collection) -> None:
    whole = make_place(collection, name_zh="江西", state=RELEASED)
    place = make_place(
        collection, name_zh="景德镇", name_en="Jingdezhen", within=whole,
        latitude=29.27, longitude=117.18, state=Place.State.RELEASED,
    )  # fmt: skip
    keep_up()
    identifier = best(client, "景德鎮", "place")["id"]
    assert identifier == f"id/place/{place.key}"
    row = extend(client, [identifier], ["latitude", "within"])["rows"][identifier]
    assert row["latitude"] == [{"float": 29.27}]
    assert row["within"][0]["id"] == f"id/place/{whole.key}"
