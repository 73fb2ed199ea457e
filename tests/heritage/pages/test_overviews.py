"""People, places, the timeline, the map, and what is related to a relic."""

from unittest.mock import Mock

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import (
    Collection,
    MotifTag,
    Period,
    Relic,
    RelicTechnique,
    TechniqueOf,
)
from heritage.catalogue.policy import STRANGER, Person
from heritage.pages.related import related_to
from heritage.pages.views import overviews
from heritage.search.asking import Counts, search
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_find_batch,
    make_period,
    make_person,
    make_place,
    make_relic,
    make_site,
)
from tests.heritage.search.desk import ask, keep_up

ENGLISH = {"Accept-Language": "en"}
OPEN = {"state": "released"}


@pytest.fixture
def period(collection: Collection) -> Period:
    return make_period(collection, **OPEN)


def test_what_is_related_is_told_with_its_reason(
    collection: Collection, period: Period, curator: User
) -> None:
    maker = make_person(collection, **OPEN)
    place = make_place(collection, **OPEN)
    batch = make_find_batch(make_site(collection, **OPEN), **OPEN)
    craft = make_element(collection, **OPEN)
    relic, *others = (make_relic(collection, **OPEN) for _each in range(8))
    hidden = make_relic(collection, maker=maker)
    Relic.objects.filter(pk__in=[relic.pk, others[0].pk]).update(maker=maker)
    Relic.objects.filter(pk__in=[relic.pk, others[1].pk]).update(find_batch=batch)
    Relic.objects.filter(pk__in=[relic.pk, others[2].pk]).update(made_at=place)
    Relic.objects.filter(pk__in=[relic.pk, others[3].pk]).update(period=period)
    for one in (relic, others[0], others[4]):
        TechniqueOf.objects.create(element=craft, relic=one)
    for one in (relic, others[5]):
        MotifTag.objects.create(relic=one, motif="dragon")
    for one in (relic, others[6]):
        RelicTechnique.objects.create(relic=one, technique="lost-wax")
    relic.refresh_from_db()
    groups = related_to(relic, STRANGER)
    told = [[one for one, _shown in group.cards] for group in groups]
    order = [others[n] for n in (0, 1, 4, 6, 5, 2, 3)]
    assert told == [[one] for one in order]  # each once, under its strongest reason
    assert maker.title in groups[0].sentence
    seen = related_to(relic, Person.of(curator))[0].cards
    assert {one for one, _shown in seen} == {others[0], hidden}


def test_a_hidden_reason_relates_nothing(collection: Collection) -> None:
    maker = make_person(collection)
    one, _other = (make_relic(collection, maker=maker, **OPEN) for _each in range(2))
    assert related_to(one, STRANGER) == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_persons_page_leads_to_works_and_crafts(
    client: Client, collection: Collection, language: str
) -> None:
    maker = make_person(
        collection, contact="13800000000", birth_year=1900, death_year=1980, **OPEN
    )
    relic = make_relic(collection, maker=maker, **OPEN)
    draft = make_relic(collection, maker=maker)
    bearer = make_bearer(make_element(collection, **OPEN), maker, **OPEN)
    hidden = make_element(collection, name_en="Hidden craft", name_zh="未公布技艺")
    make_bearer(hidden, maker, **OPEN)
    headers = {"Accept-Language": language}
    text = client.get(f"/people/{maker.key}", headers=headers).content.decode()
    assert f"/relics/{relic.key}" in text
    assert f"/bearers/{bearer.key}" in text
    assert draft.key not in text
    assert "Hidden craft" not in text
    assert "未公布技艺" not in text
    assert "13800000000" not in text
    page = client.get(f"/relics/{relic.key}", headers=headers).content.decode()
    assert f"/people/{maker.key}" in page


def test_a_place_tells_no_find_that_is_told_less_exactly(
    client: Client, collection: Collection, curator: User
) -> None:
    village = make_place(collection, level="spot", **OPEN)
    made = make_relic(collection, made_at=village, **OPEN)
    exact = make_relic(collection, find_place=village, find_shown_as="exact", **OPEN)
    coarse = make_relic(collection, find_place=village, find_shown_as="county", **OPEN)
    hidden = make_site(collection, place=village, shown_as="county", **OPEN)
    page = f"/places/{village.key}"
    text = client.get(page, headers=ENGLISH).content.decode()
    assert made.key in text
    assert exact.key in text
    assert coarse.key not in text
    assert hidden.key not in text
    client.force_login(curator)
    assert coarse.key in client.get(page).content.decode()


@pytest.mark.parametrize("url", ["/timeline", "/map", "/developers"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_overviews_open_even_where_there_is_nothing(
    client: Client, db: None, url: str, language: str
) -> None:
    answer = client.get(url, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert len(answer.content) < 100_000


def test_the_timeline_draws_each_released_period(
    client: Client, period: Period
) -> None:
    text = client.get("/timeline", headers=ENGLISH).content.decode()
    assert "period:tang" in text
    assert 'class="age-bar"' in text
    Period.objects.update(state="draft")
    assert "period:tang" not in client.get("/timeline").content.decode()


def test_the_map_draws_a_site_no_more_exactly_than_it_may(
    client: Client, collection: Collection
) -> None:
    where = {"latitude": 34.123456, "longitude": 108.654321}
    site = make_site(collection, shown_as="county", **where, **OPEN)
    make_place(collection, name_en="Hidden village", **where)
    shown = make_place(collection, name_en="Xi'an", **where, **OPEN)
    text = client.get("/map", headers=ENGLISH).content.decode()
    assert f"/sites/{site.key}" in text
    assert f"/places/{shown.key}" in text
    assert "34.123" not in text
    assert "Hidden village" not in text


def test_the_map_says_how_many_it_leaves_out(
    client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = {"latitude": 34.1, "longitude": 108.6, "datum": "wgs84"}
    seen = make_site(collection, shown_as="exact", **where, **OPEN)
    for _later in range(2):  # hidden sites take nobody's room
        make_site(collection, shown_as="hidden", **where, **OPEN)
    monkeypatch.setattr("heritage.pages.views.overviews.MOST_POINTS", 1)
    text = client.get("/map", headers=ENGLISH).content.decode()
    assert f"/sites/{seen.key}" in text
    assert "are drawn" not in text
    make_site(collection, shown_as="exact", **where, **OPEN)
    assert "1 of 2 are drawn" in client.get("/map", headers=ENGLISH).content.decode()


def test_a_place_says_how_many_sites_it_leaves_out(
    client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make_place(collection, **OPEN)
    make_site(collection, place=place, shown_as="hidden", **OPEN)
    for _each in range(2):
        make_site(collection, place=place, shown_as="exact", **OPEN)
    monkeypatch.setattr("heritage.pages.views.authorities.SHOWN_SITES", 1)
    page = client.get(f"/places/{place.key}", headers=ENGLISH)
    assert "1 of 2: all of them" in page.content.decode()


def test_the_timeline_counts_every_period_and_owns_to_estimates(
    client: Client, collection: Collection, period: Period,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other = Period.objects.create(
        slug="after-tang", name_zh="五代", name_en="Five Dynasties", begin_year=907,
        end_year=960, collection=collection, **OPEN,
    )  # fmt: skip
    for one in (period, period, other):
        make_relic(collection, period=one, **OPEN)
    keep_up()
    assert len(ask("", counts=("period",), most_values=1).counts["period"].values) == 1
    asked = Mock(wraps=search)
    monkeypatch.setattr(overviews, "search", asked)
    ages = client.get("/timeline", headers=ENGLISH).context["ages"]
    assert asked.call_args.args[0].most_values == Period.objects.count()
    told = {age.period: (age.count, age.is_about) for age in ages}
    assert (told[period], told[other]) == ((2, False), (1, False))
    monkeypatch.setattr("heritage.search.asking.EXACT_UP_TO", 2)
    estimates = client.get("/timeline", headers=ENGLISH).context["ages"]
    assert all(age.is_about for age in estimates)


def test_an_estimate_on_the_timeline_says_so(
    client: Client, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Counts(((f"period:{period.slug}", 40),), is_about=True)
    monkeypatch.setattr(overviews, "relics_by", lambda *_a, **_k: counts)
    text = client.get("/timeline", headers=ENGLISH).content.decode()
    assert ">about 40<" in text


@pytest.mark.parametrize(
    ("who", "status"), [("curator", 200), ("volunteer", 200), ("stranger", 404)]
)
def test_a_draft_person_or_place_is_for_those_who_work_on_it(
    client: Client, collection: Collection, who: str, status: int,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(who))
    for path, record in (
        ("people", make_person(collection)),
        ("places", make_place(collection)),
    ):
        assert client.get(f"/{path}/{record.key}").status_code == status
