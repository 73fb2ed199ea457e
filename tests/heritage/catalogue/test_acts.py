"""What is decided of a relic stays, and the relic's fields follow from what stands."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from heritage.archive.records import build_document
from heritage.catalogue.actions import record_act, strike_act
from heritage.catalogue.errors import NotPermitted, WrongState
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import (
    Collection,
    ConditionCheck,
    CustodyChange,
    DatingOpinion,
    Grading,
    Move,
    Naming,
    Relic,
    Treatment,
)
from heritage.catalogue.policy import Person, allows, visible
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph.namespaces import CRM, part
from tests.heritage.catalogue.test_admin import form_of, page
from tests.heritage.factories import make_person, make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection, grade="third", period_text="明")


def test_a_later_grading_holds_and_the_earlier_ones_stay(
    relic: Relic, curator: User
) -> None:
    first = Grading(relic=relic, grade="first", decided_on=date(2020, 5, 1))
    record_act(first, by=curator)
    earlier = Grading(relic=relic, grade="second", decided_on=date(1998, 1, 1))
    record_act(earlier, by=curator)
    relic.refresh_from_db()
    assert relic.grade == "first"
    kept = list(relic.gradings.values_list("grade", flat=True))
    assert kept == ["third", "second", "first"]  # what stood in the register is oldest

    strike_act(first, by=curator, reason="wrong relic")
    relic.refresh_from_db()
    assert relic.grade == "second"
    assert relic.gradings.count() == 3
    assert first.struck_by == curator


def test_nothing_is_struck_twice_or_for_no_reason(relic: Relic, curator: User) -> None:
    act = Grading(relic=relic, grade="first")
    record_act(act, by=curator)
    with pytest.raises(WrongState):
        strike_act(act, by=curator, reason="")
    strike_act(act, by=curator, reason="mistaken")
    with pytest.raises(WrongState):
        strike_act(act, by=curator, reason="again")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grading.objects.filter(pk=act.pk).update(struck_because="")


def test_when_no_grading_stands_the_relic_is_ungraded(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    act = Grading(relic=relic, grade="first")
    record_act(act, by=curator)
    strike_act(act, by=curator, reason="mistaken")
    relic.refresh_from_db()
    assert relic.grade == "ungraded"


def test_a_dating_is_read_and_the_former_one_kept(relic: Relic, curator: User) -> None:
    opinion = DatingOpinion(
        relic=relic, period_text="清康熙五十二年", decided_on=date(2024, 1, 1)
    )
    record_act(opinion, by=curator)
    relic.refresh_from_db()
    assert (relic.begin_year, relic.end_year) == (1713, 1713)
    assert [one.period_text for one in relic.datingopinions.all()] == [
        "明",
        "清康熙五十二年",
    ]


def test_a_name_is_never_lost(relic: Relic, curator: User) -> None:
    old = relic.name_zh
    act = Naming(relic=relic, name_zh="新名", decided_on=date(2024, 1, 1))
    record_act(act, by=curator)
    strike_act(act, by=curator, reason="mistaken")
    relic.refresh_from_db()
    assert relic.name_zh == old


def test_a_treatment_is_told_and_decides_nothing(
    relic: Relic, curator: User, volunteer: User, stranger: User
) -> None:
    before = {field: getattr(relic, field) for field in ("preservation", "grade")}
    act = Treatment(relic=relic, treatment="desalination", substances="去离子水")
    record_act(act, by=volunteer)
    with pytest.raises(NotPermitted):
        record_act(Treatment(relic=relic, treatment="cleaning"), by=stranger)
    relic.refresh_from_db()
    assert {field: getattr(relic, field) for field in before} == before
    Relic.objects.filter(pk=relic.pk).update(state="released")
    node = part(museum_ids().thing("relic", relic.key), "treatment", act.key)
    told = graphs.build(GraphName("relic", relic.key)).triples
    kind = museum_ids().concept("treatment", "desalination")
    assert (node, CRM.P2_has_type, kind) in told
    strike_act(act, by=curator, reason="another relic")
    assert node not in {
        s for s, _, _ in graphs.build(GraphName("relic", relic.key)).triples
    }


def test_who_may_record_what(relic: Relic, volunteer: User, stranger: User) -> None:
    record_act(ConditionCheck(relic=relic, preservation="stable"), by=volunteer)
    with pytest.raises(NotPermitted):
        record_act(Move(relic=relic, store="地库"), by=volunteer)
    with pytest.raises(NotPermitted):
        record_act(Grading(relic=relic, grade="first"), by=stranger)
    with pytest.raises(NotPermitted):
        strike_act(relic.conditionchecks.get(), by=volunteer, reason="no")


def test_moves_and_dissent_are_not_for_everybody(
    relic: Relic, curator: User, volunteer: User, stranger: User
) -> None:
    Relic.objects.filter(pk=relic.pk).update(state="released")
    relic.refresh_from_db()
    record_act(Move(relic=relic, store="地库", cabinet="三排"), by=curator)
    record_act(Grading(relic=relic, grade="first", dissent="某某以为二级"), by=curator)
    relic.refresh_from_db()
    assert relic.store_location == "地库 · 三排"
    grading = relic.gradings.get(grade="first")
    seen = {}
    for user in (curator, volunteer, stranger):
        person = Person.of(user)
        moves = visible(Move.objects.all(), person).exists()
        seen[user] = (
            moves,
            allows(person, grading),
            allows(person, grading, "dissent"),
        )
    assert seen == {
        curator: (True, True, True),
        volunteer: (False, True, True),
        stranger: (False, True, False),
    }
    told = str(graphs.build(GraphName("relic", relic.key)).triples)
    assert "地库" not in told
    assert "某某" not in told


def test_the_graph_tells_what_holds_and_what_held(
    relic: Relic, curator: User, collection: Collection
) -> None:
    museum = make_person(collection, type="group", state="released")
    other = make_person(collection, type="group", state="released")
    Relic.objects.filter(pk=relic.pk).update(state="released")
    relic.refresh_from_db()
    record_act(
        Grading(
            relic=relic, grade="first", decided_on=date(2020, 5, 1), evidence="会议纪要"
        ),
        by=curator,
    )
    record_act(CustodyChange(relic=relic, holder=other), by=curator)
    record_act(
        CustodyChange(relic=relic, holder=museum, decided_on=date(2020, 1, 1)),
        by=curator,
    )
    ids = museum_ids()
    subject = ids.thing("relic", relic.key)
    triples = graphs.build(GraphName("relic", relic.key)).triples
    graded = {
        s: o for s, p, o in triples if p == CRM.P42_assigned
    }  # fmt: skip
    holds = part(subject, "classified", "grade")
    assert graded[holds] == ids.concept("grade", "first")
    assert ids.concept("grade", "third") in graded.values()
    thing = ids.thing
    assert (subject, CRM.P50_has_current_keeper, thing("agent", museum.key)) in triples
    former = (subject, CRM.P49_has_former_or_current_keeper, thing("agent", other.key))
    assert former in triples


def test_the_archive_keeps_the_acts(relic: Relic, curator: User) -> None:
    record_act(Grading(relic=relic, grade="first", evidence="会议纪要"), by=curator)
    assert "会议纪要" in build_document("relic", relic.key).decode()


def test_a_field_typed_over_is_an_act_of_today(
    client: Client, curator: User, relic: Relic
) -> None:
    client.force_login(curator)
    data = form_of(client, relic) | {"grade": "second"}
    assert client.post(page("relic_change", relic.pk), data).status_code == 302
    relic.refresh_from_db()
    assert relic.grade == "second"
    kept = relic.gradings.values_list("grade", "recorded_by__username")
    assert list(kept) == [("third", None), ("second", curator.username)]
    assert not relic.namings.exists()


def test_an_act_is_added_and_struck_on_the_relics_page(
    client: Client, curator: User, relic: Relic
) -> None:
    client.force_login(curator)
    added = form_of(client, relic) | row("gradings", grade="first", evidence="鉴定书")
    client.post(page("relic_change", relic.pk), added)
    relic.refresh_from_db()
    assert relic.grade == "first"

    struck = form_of(client, relic)
    which = next(n for n, v in struck.items() if n.endswith("-grade") and v == "first")
    struck |= {which.replace("-grade", "-struck_because"): "误录", which: "second"}
    client.post(page("relic_change", relic.pk), struck)
    relic.refresh_from_db()
    assert relic.grade == "third"
    assert relic.gradings.get(struck_because="误录").grade == "first"


def row(prefix: str, **values: Any) -> dict[str, Any]:
    """One more row of an inline that has none yet."""
    said = {f"{prefix}-0-{name}": value for name, value in values.items()}
    return said | {f"{prefix}-TOTAL_FORMS": "1"}


def test_a_volunteer_sees_no_move_on_the_page(
    client: Client, volunteer: User, curator: User, relic: Relic
) -> None:
    record_act(Move(relic=relic, store="地库三排"), by=curator)
    client.force_login(volunteer)
    answer = client.get(reverse("admin:catalogue_relic_change", args=[relic.pk]))
    assert "地库三排" not in answer.content.decode()
    client.force_login(curator)
    answer = client.get(reverse("admin:catalogue_relic_change", args=[relic.pk]))
    assert "地库三排" in answer.content.decode()
