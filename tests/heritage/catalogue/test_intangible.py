"""Elements, listings, recognitions and transmissions: codes, acts, what follows."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import override

from heritage.catalogue.actions import record_act, strike_act
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.ich_codes import (
    is_code,
    is_project,
    normalise_code,
    normalise_project,
)
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import (
    Bearer,
    Collection,
    Element,
    ElementDomain,
    ElementListing,
    ElementPart,
    Recognition,
    RecordingItem,
    TechniqueOf,
    Transmission,
)
from heritage.catalogue.models.element import list_order
from heritage.catalogue.recordings import owed
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph.namespaces import CRM
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_person,
    make_recording,
    make_relic,
)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("VIII-9", "Ⅷ-9"),
        ("viii－009", "Ⅷ-9"),
        (" Ⅷ — 9 ", "Ⅷ-9"),
        ("Ⅱ-28", "Ⅱ-28"),
        ("Ⅹ-１８３", "Ⅹ-183"),
        ("IX-0", "Ⅸ-0"),
    ],
)
def test_codes_are_written_one_way(typed: str, code: str) -> None:
    assert normalise_code(typed) == code
    assert is_code(code) == (code != "Ⅸ-0")


@pytest.mark.parametrize("typed", ["XI-3", "8-9", "Ⅷ9", "粤-Ⅷ-9", ""])
def test_what_is_no_code_stays_as_it_was(typed: str) -> None:
    assert normalise_code(typed) == typed
    assert not is_code(typed)


def test_project_numbers_are_held_to_their_form() -> None:
    assert normalise_project("viii-009_02_440100") == "Ⅷ-009_02_440100"
    assert is_project("Ⅰ-001_01_522630")
    assert not is_project("Ⅰ-001_01_5226")


@pytest.mark.django_db
def test_a_code_agrees_with_its_category(collection: Collection) -> None:
    element = make_element(collection, code="viii-9")
    assert element.code == "Ⅷ-9"
    element.full_clean()
    for wrong in ("Ⅱ-9", "9"):
        element.code = wrong
        with pytest.raises(ValidationError, match="code"):
            element.full_clean()


@pytest.mark.django_db
def test_elements_stand_in_the_order_of_the_lists(collection: Collection) -> None:
    for code, category in (
        ("Ⅷ-100", "craft-skills"), ("", "craft-skills"), ("Ⅷ-9", "craft-skills"),
        ("Ⅹ-1", "customs"), ("Ⅱ-28", "music"), ("Ⅸ-2", "medicine"),
    ):  # fmt: skip
        make_element(collection, code=code, category=category)
    codes = Element.objects.order_by(*list_order()).values_list("code", flat=True)
    assert list(codes) == ["Ⅱ-28", "Ⅷ-9", "Ⅷ-100", "", "Ⅸ-2", "Ⅹ-1"]


@pytest.mark.django_db
def test_domains_are_those_of_the_category_unless_chosen(
    collection: Collection,
) -> None:
    element = make_element(collection)
    assert element.all_domains == ["craftsmanship"]
    ElementDomain.objects.create(element=element, domain="social-practices")
    assert element.all_domains == ["social-practices"]


def listed(element: Element, by: User, **values: Any) -> ElementListing:
    listing = ElementListing(element=element, **values)
    listing.full_clean()
    record_act(listing, by=by)
    element.refresh_from_db()
    return listing


@pytest.mark.django_db
def test_the_highest_level_holds_and_a_struck_one_does_not(
    collection: Collection, volunteer: User, curator: User
) -> None:
    element = make_element(collection, level="county", listed_year=2005)
    national = listed(element, volunteer, level="national", batch=2, listed_year=2008)
    listed(element, volunteer, level="municipal", listed_year=2010)
    listed(element, volunteer, unesco_list="representative", listed_year=2012)
    part = ElementPart.objects.create(element=element, name_zh="扩展", kind="extension")
    listed(element, volunteer, level="national", batch=5, listed_year=2021, part=part)
    assert (element.level, element.listed_year, element.batch) == ("national", 2008, 2)
    # What stood before the first listing is kept as one.
    assert element.listings.filter(level="county", listed_year=2005).exists()
    with pytest.raises(NotPermitted):
        strike_act(national, by=volunteer, reason="typo")
    strike_act(national, by=curator, reason="typo")
    element.refresh_from_db()
    assert (element.level, element.listed_year) == ("municipal", 2010)


@pytest.mark.django_db
def test_a_listing_names_one_list_and_parts_of_its_element(
    collection: Collection,
) -> None:
    element, other = make_element(collection), make_element(collection)
    part = ElementPart.objects.create(element=other, name_zh="他项")
    for wrong in (
        {}, {"level": "county", "unesco_list": "representative"},
        {"level": "county", "part": part},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            ElementListing(element=element, **wrong).full_clean()


@pytest.mark.django_db
def test_recognition_is_an_act_and_may_be_revoked(
    collection: Collection, curator: User, stranger: User
) -> None:
    bearer = make_bearer(make_element(collection), status="living")
    with pytest.raises(NotPermitted):
        record_act(Recognition(bearer=bearer, level="county"), by=stranger)
    for level, year in (("provincial", 2009), ("county", 2005)):
        record_act(
            Recognition(bearer=bearer, level=level, recognised_year=year), by=curator
        )
    bearer.refresh_from_db()
    assert (bearer.level, bearer.recognised_year) == ("provincial", 2009)
    revoked = Recognition(bearer=bearer, verdict="revoked", recognised_year=2020)
    record_act(revoked, by=curator)
    bearer.refresh_from_db()
    assert (bearer.level, bearer.status) == ("", Bearer.Status.REVOKED)
    strike_act(revoked, by=curator, reason="another person")
    bearer.refresh_from_db()
    assert (bearer.level, bearer.status) == ("provincial", Bearer.Status.LIVING)


def lineage(collection: Collection, **values: Any) -> Transmission:
    element = make_element(collection, state="released")
    master, pupil = (
        make_bearer(element, make_person(collection), state="released")
        for _ in range(2)
    )
    return Transmission.objects.create(master=master, apprentice=pupil, **values)


@pytest.mark.django_db
def test_a_transmissions_years_are_read_from_its_words(collection: Collection) -> None:
    link = lineage(collection, period_text="清光绪年间")
    link.refresh_from_db()
    assert (link.begin_year, link.end_year, link.dating_doubt) == (1875, 1908, "")
    vague = lineage(collection, period_text="很久以前")
    assert (vague.begin_year, vague.dating_doubt) == (None, "unreadable")


@pytest.mark.django_db
@pytest.mark.parametrize("is_disputed", [False, True])
def test_a_disputed_transmission_gives_no_short_cut(
    collection: Collection, is_disputed: bool
) -> None:
    link = lineage(
        collection, way="family", is_disputed=is_disputed, dissent="private-dissent"
    )
    ids = museum_ids()
    triples = graphs.build(GraphName("transmission", link.key)).triples
    subject = ids.thing("transmission", link.key)
    assert any(p == ids.vocab.learnedFrom for _, p, _ in triples) != is_disputed
    types = {str(o) for s, p, o in triples if s == subject and p == CRM.P2_has_type}
    assert str(ids.concept("transmission-kind", "family")) in types
    assert (str(ids.concept("ich", "disputed")) in types) == is_disputed
    assert "private-dissent" not in str(triples)


@pytest.mark.django_db
def test_the_graph_of_an_element_tells_all_its_listings(collection: Collection) -> None:
    element = make_element(collection, state="released", code="Ⅷ-9")
    part = ElementPart.objects.create(
        element=element, name_zh="石湾", project_number="Ⅷ-009_01_440600"
    )
    for row in ({"level": "national"}, {"unesco_list": "good-practices"}):
        ElementListing.objects.create(element=element, part=part, **row)
    ids = museum_ids()
    triples = graphs.build(GraphName("element", element.key)).triples
    values = {str(o) for _, _, o in triples}
    assert str(ids.concept("unesco-list", "good-practices")) in values
    assert str(ids.concept("unesco-domain", "craftsmanship")) in values
    assert "Ⅷ-009_01_440600" in values


@pytest.mark.django_db
def test_a_technique_leads_from_the_relic_to_the_craft(collection: Collection) -> None:
    relic = make_relic(collection, state="released")
    element = make_element(collection, state="released")
    link = TechniqueOf.objects.create(
        relic=relic, element=element, technique="lost-wax-casting"
    )
    ids = museum_ids()
    triples = set(graphs.build(GraphName("technique-of", link.key)).triples)
    making = ids.part("relic", relic.key, "production")
    step = ids.concept("technique", "lost-wax-casting")
    assert (making, CRM.P32_used_general_technique, step) in triples
    relic.state = "draft"
    relic.save()
    assert not graphs.build(GraphName("technique-of", link.key)).triples


@pytest.mark.django_db
def test_a_recording_project_owes_five_things_and_two_papers(
    collection: Collection,
) -> None:
    bearer = make_bearer(make_element(collection))
    recording = make_recording(bearer, agreement_signed_on=None)
    assert [line.is_done for line in owed(recording)] == [False] * 7
    for kind in ("oral-history", "practice", "photographs"):
        RecordingItem.objects.create(
            recording=recording, kind=kind, title_zh=kind, carrier="硬盘 3 号"
        )
    RecordingItem.objects.create(recording=recording, kind="teaching", title_zh="空")
    with override("en"):
        lines = owed(recording)
    done = {line.label for line in lines if line.is_done}
    assert done == {"oral history film", "film of the practice"}
