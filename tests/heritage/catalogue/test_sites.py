"""Immovable heritage: protection, parts, batches of finds, and how exactly it is shown."""

import re
from decimal import Decimal
from itertools import product

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from heritage.catalogue.actions import record_act
from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Collection, Protection, Relic, Site
from heritage.catalogue.policy import STRANGER, Person, allows
from heritage.catalogue.whereabouts import on_the_map, shown_place
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.harvest.facts import told_of
from heritage.linked_data.models import Outbox
from knowledge_graph.namespaces import CRM
from tests.heritage.factories import (
    make_collection,
    make_find_batch,
    make_place,
    make_relic,
    make_site,
    make_user,
)

HERE = {"latitude": 23.123456, "longitude": 113.234567, "precision_m": 3.0}


@given(
    latitude=st.floats(-89, 89),
    longitude=st.floats(-179, 179),
    how=st.sampled_from(["township", "county"]),
    datum=st.sampled_from(["wgs84", "gcj02"]),
)
def test_the_true_place_lies_within_what_is_told(
    latitude: float, longitude: float, how: str, datum: str
) -> None:
    site = Site(latitude=latitude, longitude=longitude, shown_as=how, datum=datum)
    told = shown_place(site)
    assert told is not None
    assert told.precision_m is not None
    off = (
        (float(told.latitude_deg) - latitude) ** 2
        + (float(told.longitude_deg) - longitude) ** 2
    ) ** 0.5 * 111_320
    assert off <= told.precision_m + 1
    assert told.is_on_the_map
    side = 0.05 if how == "township" else 0.2
    near = Site(
        latitude=float(told.latitude_deg) + side / 4,
        longitude=float(told.longitude_deg) - side / 4,
        shown_as=how,
        datum=datum,
    )
    again = shown_place(near)
    assert again is not None
    # Wherever in the square it lies, the same middle is told: asking often tells no more.
    assert (again.latitude_deg, again.longitude_deg) == (
        told.latitude_deg,
        told.longitude_deg,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("how", Site.Shown.values)
def test_who_is_told_what(
    collection: Collection, curator: User, volunteer: User, how: str
) -> None:
    site = make_site(collection, shown_as=how, state="released", **HERE)
    exact = shown_place(site, Person.of(curator))
    assert exact is not None
    assert exact.latitude_deg == Decimal("23.123456")
    for person in (Person.of(volunteer), STRANGER):
        told = shown_place(site, person)
        assert (told is None) == (how == "hidden")
        assert (told == exact) == (how == "exact")


@pytest.mark.django_db
@pytest.mark.parametrize("how", Site.Shown.values)
def test_page_and_graph_tell_no_more_than_they_may(
    client: Client, collection: Collection, how: str
) -> None:
    village = make_place(collection, name_en="Hidden Village", state="released")
    site = make_site(
        collection,
        shown_as=how,
        place=village,
        address="Lane 7",
        state="released",
        **HERE,
    )
    text = client.get(
        f"/sites/{site.key}", headers={"Accept-Language": "en"}
    ).content.decode()
    data = str(graphs.build(GraphName("site", site.key)).triples)
    exact = how == "exact"
    for told in (text, data):
        assert ("23.123456" in told) == exact
    assert ("Lane 7" in text) == exact
    assert ("Hidden Village" in text) == (how in ("exact", "township"))
    assert (f"/id/place/{village.key}" in data) == (how in ("exact", "township"))
    assert ("POINT" in data) == (how != "hidden")


@pytest.mark.django_db
def test_shifted_degrees_are_not_drawn_as_true_ones(collection: Collection) -> None:
    site = make_site(
        collection, shown_as="exact", datum="bd09", state="released", **HERE
    )
    assert "POINT" not in str(graphs.build(GraphName("site", site.key)).triples)
    told = shown_place(site)
    assert told is not None
    assert "BD-09" in told.text


@pytest.mark.django_db
def test_protection_is_an_act_and_the_highest_level_holds(
    collection: Collection, volunteer: User
) -> None:
    site = make_site(collection)
    assert site.protection_level == "ungraded"
    for level, year in (("county", 1982), ("national-key", 2006), ("provincial", 1990)):
        record_act(
            Protection(site=site, protection_level=level, protected_year=year),
            by=volunteer,
        )
    site.refresh_from_db()
    assert (site.protection_level, site.protected_year) == ("national-key", 2006)


@pytest.mark.django_db
def test_a_site_is_dated_as_a_relic_is_and_lies_not_in_its_part(
    collection: Collection,
) -> None:
    load_periods()
    site = make_site(collection, period_text="南宋")
    assert (site.begin_year, site.end_year) == (1127, 1279)
    assert site.period is not None
    part = make_site(collection, part_of=site)
    site.part_of = part
    with pytest.raises(ValidationError, match="part_of"):
        site.full_clean()
    site.part_of, site.latitude = None, 23.0
    with pytest.raises(ValidationError, match="longitude"):
        site.full_clean()


@pytest.mark.django_db
def test_from_site_to_batch_to_object(client: Client, collection: Collection) -> None:
    site = make_site(collection, state="released")
    batch = make_find_batch(site, number="T1③", name_en="First season")
    relic = make_relic(collection, state="released", find_batch=batch)
    page, graph = f"/sites/{site.key}", GraphName("relic", relic.key)
    ids = museum_ids()
    find = ids.part("relic", relic.key, "find")
    triple = (find, CRM.P9i_forms_part_of, ids.thing("find-batch", batch.key))
    english = {"Accept-Language": "en"}
    assert "T1③" not in client.get(page, headers=english).content.decode()
    assert triple not in graphs.build(graph).triples
    batch.state = "released"
    batch.save()
    text = client.get(page, headers=english).content.decode()
    assert "T1③" in text
    assert relic.name_en in text
    assert triple in graphs.build(graph).triples
    assert (
        "First season"
        in client.get(f"/relics/{relic.key}", headers=english).content.decode()
    )


@pytest.mark.django_db
def test_sites_are_chosen_by_kind_and_theme(
    client: Client, collection: Collection
) -> None:
    wreck = make_site(
        collection, site_kind="wreck", name_en="Old hull", state="released"
    )
    make_site(collection, name_en="Old kiln", state="released")
    wreck.facets.create(facet="maritime")
    for query in ("kind=wreck", "theme=maritime"):
        text = client.get(
            f"/sites/?{query}", headers={"Accept-Language": "en"}
        ).content.decode()
        assert re.search("<h3>Old hull", text)
        assert "Old kiln" not in text
    assert client.get("/sites/?kind=%27&page=x").status_code == 200


@pytest.mark.django_db
def test_counts_and_collector_of_a_relic_are_told(collection: Collection) -> None:
    relic = make_relic(
        collection, state="released", traditional_count=1, count_unit="套",
        mass_range="1-to-50-kg", count_kind="set", actual_count=3,
    )  # fmt: skip
    ids = museum_ids()
    triples = set(graphs.build(GraphName("relic", relic.key)).triples)
    subject = ids.thing("relic", relic.key)
    assert (
        subject,
        CRM.P2_has_type,
        ids.concept("mass-range", "1-to-50-kg"),
    ) in triples
    assert any(str(o) == "1 套" for _, _, o in triples)
    assert Relic.objects.get().traditional_count == 1


@pytest.mark.django_db
def test_private_fields_of_a_site(
    collection: Collection, curator: User, volunteer: User
) -> None:
    site = make_site(collection, state="released", protection_zone="外延十米")
    people = (Person.of(curator), Person.of(volunteer), STRANGER)
    assert [allows(one, site, "protection_zone") for one in people] == [
        True,
        False,
        False,
    ]
    assert [allows(one, site, "place") for one in people] == [True, True, False]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "page", "data"),
    [("curator", 200, 404), ("volunteer", 200, 404), ("stranger", 404, 404)],
)
def test_a_drafts_page_is_for_those_who_work_on_it_and_its_data_for_nobody(
    client: Client,
    collection: Collection,
    who: str,
    page: int,
    data: int,
    request: pytest.FixtureRequest,
) -> None:
    site = make_site(collection, **HERE)
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/sites/{site.key}").status_code == page
    assert client.get(f"/data/site/{site.key}.ttl").status_code == data
    site.state = "released"
    site.save()
    named = client.get(f"/id/site/{site.key}", headers={"Accept": "text/html"})
    assert (named.status_code, named["Location"]) == (303, f"/sites/{site.key}")
    assert client.get(f"/data/site/{site.key}.ttl").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("how", Site.Shown.values)
def test_a_find_tells_no_more_of_where_than_its_site(
    client: Client, collection: Collection, curator: User, volunteer: User, how: str
) -> None:
    village = make_place(collection, name_en="Hidden Village", state="released")
    site = make_site(collection, state="released", shown_as=how)
    batch = make_find_batch(site, state="released")
    relic = make_relic(
        collection, state="released", find_batch=batch, find_place=village,
        find_shown_as="exact", source="excavation",
    )  # fmt: skip
    address, english = f"/relics/{relic.key}", {"Accept-Language": "en"}
    told = how in ("exact", "township")
    assert (
        "Hidden Village" in client.get(address, headers=english).content.decode()
    ) == told
    triples = str(graphs.build(GraphName("relic", relic.key)).triples)
    assert (f"/id/place/{village.key}" in triples) == told
    (facts,) = told_of([relic])
    assert bool(facts.found_at) == told
    Outbox.objects.all().delete()
    for row in (batch, site):
        row.save()
        assert Outbox.objects.filter(kind="relic", key=relic.key).exists()
        Outbox.objects.all().delete()
    outside = make_user(make_collection(), "curator")
    for user, sees in ((curator, True), (volunteer, True), (outside, told)):
        client.force_login(user)
        page = client.get(address, headers=english).content.decode()
        change = reverse("admin:catalogue_relic_change", args=[relic.pk])
        form = client.get(change, headers=english)
        assert (
            "Hidden Village" in page,
            "Hidden Village" in form.content.decode(),
        ) == (
            sees,
            sees,
        )


@pytest.mark.django_db
def test_of_a_site_that_is_no_more_public_no_find_tells_the_place(
    collection: Collection,
) -> None:
    village = make_place(collection, state="released")
    site = make_site(collection, state="released", shown_as="exact")
    relic = make_relic(
        collection, state="released", find_batch=make_find_batch(site),
        find_place=village, find_shown_as="exact",
        source="excavation",
    )  # fmt: skip
    name = GraphName("relic", relic.key)
    assert f"/id/place/{village.key}" in str(graphs.build(name).triples)
    assert ("site", site.key) in graphs.build(name).mentions
    site.state = "withdrawn"
    site.save()
    assert f"/id/place/{village.key}" not in str(graphs.build(name).triples)


def test_the_filter_of_the_map_agrees_with_what_is_shown(
    collection: Collection, curator: User
) -> None:
    places: list[dict[str, float]] = [{}, {"latitude": 23.1, "longitude": 113.2}]
    for place, how, datum in product(places, Site.Shown.values, ["wgs84", "gcj02"]):
        make_site(collection, shown_as=how, datum=datum, **place, state="released")
    administrator = Person(is_administrator=True)
    for person in (STRANGER, Person.of(curator), administrator):
        told = {site: shown_place(site, person) for site in Site.objects.all()}
        drawn = {site for site, spot in told.items() if spot and spot.is_on_the_map}
        assert drawn
        assert set(Site.objects.filter(on_the_map(person))) == drawn
