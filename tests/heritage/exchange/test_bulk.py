"""The same done to many relics: what comes of it, what is refused, and taking it back."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User

from heritage.catalogue.actions import release, save_edit
from heritage.catalogue.doors import Door
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import (
    Collection,
    DatingOpinion,
    Grading,
    Move,
    Naming,
    Relic,
    RelicMaterial,
    RelicTechnique,
)
from heritage.exchange import actions
from heritage.exchange.bulk.preview import preview
from heritage.exchange.bulk.steps import Step
from heritage.exchange.errors import NothingToDo, WrongMoment
from heritage.exchange.lease import WorkLost
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.work import Work
from tests.heritage.factories import (
    make_collection,
    make_period,
    make_person,
    make_relic,
    make_user,
)

from .loading import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def relics(collection: Collection) -> list[Relic]:
    return [make_relic(collection, credit=f"馆藏 {n}") for n in range(3)]


def stage(by: User, *steps: Step, relics: Sequence[Relic] | None = None) -> BulkChange:
    rows = Relic.objects.all()
    if relics is not None:
        rows = rows.filter(pk__in=[one.pk for one in relics])
    change = actions.stage_change(rows, by=by)
    actions.set_steps(change, steps)
    return change


def do(by: User, *steps: Step, relics: Sequence[Relic] | None = None) -> BulkChange:
    change = stage(by, *steps, relics=relics)
    actions.begin_change(change)
    assert actions.run_change(change.pk, rest=at_once) is not None
    change.refresh_from_db()
    assert change.state == BulkChange.State.DONE, change.error
    return change


def undo(change: BulkChange, by: User) -> None:
    actions.begin_change_undo(change, by=by)
    actions.run_change_undo(change.pk, rest=at_once)
    change.refresh_from_db()
    assert change.state == BulkChange.State.UNDONE, change.error


def verdicts(change: BulkChange) -> list[str]:
    return list(change.results.order_by("place").values_list("verdict", flat=True))


def codes(change: BulkChange) -> list[str]:
    rows = change.results.order_by("place")
    return [fault[0] for row in rows for fault in row.faults]


def fresh(relic: Relic) -> Relic:
    return Relic.objects.get(pk=relic.pk)


def test_fields_follow_each_through_one_guarded_save(
    relics: list[Relic], curator: User
) -> None:
    change = do(
        curator,
        Step("rights", "set", "http://creativecommons.org/publicdomain/zero/1.0/"),
        Step("credit", "replace", "本馆藏品", "馆藏"),
    )
    assert verdicts(change) == ["changed"] * 3
    for number, relic in enumerate(relics):
        now = fresh(relic)
        assert (now.credit, now.edit_version) == (f"本馆藏品 {number}", 2)
        assert now.rights.endswith("zero/1.0/")
        row: Any = now.history.first()
        assert (row.history_user, row.door) == (curator, Door.ADMIN)
        assert row.history_change_reason == f"change {change.key}"


def test_what_acts_decide_becomes_an_act_and_what_was_stays_to_be_read(
    relics: list[Relic], curator: User
) -> None:
    Relic.objects.filter(pk=relics[0].pk).update(grade="third")
    do(curator, Step("grade", "set", "second"), relics=relics[:1])
    assert [act.grade for act in Grading.objects.order_by("pk")] == ["third", "second"]
    assert fresh(relics[0]).grade == "second"


def test_a_dating_takes_its_years_along(relics: list[Relic], curator: User) -> None:
    make_period(relics[0].collection)
    do(curator, Step("period_text", "set", "前206年"), relics=relics[:1])
    assert fresh(relics[0]).begin_year == -205
    change = do(curator, Step("period_text", "set", "1644年"), relics=relics[:1])
    now = fresh(relics[0])
    assert (now.begin_year, now.end_year, now.dating_doubt) == (1644, 1644, "")
    undo(change, curator)
    assert (fresh(relics[0]).period_text, fresh(relics[0]).begin_year) == (
        "前206年",
        -205,
    )


def test_terms_are_added_and_taken_away_as_rows(
    relics: list[Relic], curator: User
) -> None:
    technique = RelicTechnique._meta.get_field("technique").flatchoices[0][0]
    change = do(
        curator,
        Step("materials", "add", ["gold", "copper"]),
        Step("made_with", "add", [technique]),
    )
    own = RelicMaterial.objects.filter(relic=relics[0]).order_by("material")
    assert [row.material for row in own] == ["copper", "gold"]
    assert RelicTechnique.objects.count() == 3
    RelicTechnique.objects.filter(relic=relics[1]).update(note="a note of her own")
    away = do(curator, Step("made_with", "remove", [technique]))
    assert RelicTechnique.objects.count() == 0
    undo(away, curator)
    assert RelicTechnique.objects.get(relic=relics[1]).note == "a note of her own"
    undo(change, curator)
    assert [row.material for row in own.all()] == ["copper"]


def test_doing_what_is_so_already_makes_no_version(
    relics: list[Relic], curator: User
) -> None:
    change = do(curator, Step("category", "set", "bronze"))
    assert verdicts(change) == ["unchanged"] * 3
    assert {fresh(one).edit_version for one in relics} == {1}


def test_who_saved_since_the_choice_is_not_written_over(
    relics: list[Relic], curator: User
) -> None:
    change = stage(curator, Step("credit", "set", "新"))
    other = fresh(relics[1])
    save_edit(other, {"credit": "别人"}, seen_version=1, by=curator, door=Door.ADMIN)
    shown = preview(change, start=0, by=curator, person=_person(curator))
    assert [one.verdict for one in shown.samples] == ["changed", "refused", "changed"]
    actions.begin_change(change)
    actions.run_change(change.pk, rest=at_once)
    assert verdicts(change) == ["changed", "refused", "changed"]
    assert codes(change) == ["edited"]
    assert fresh(relics[1]).credit == "别人"


def test_each_collection_is_asked_for_anew(
    relics: list[Relic], curator: User, volunteer: User
) -> None:
    strange = make_relic(make_collection(name_zh="瓷器馆"))
    gone = relics[2]
    change = stage(curator, Step("credit", "set", "新"))
    gone.delete()
    actions.begin_change(change)
    actions.run_change(change.pk, rest=at_once)
    assert codes(change) == ["gone", "not-yours"]
    assert fresh(strange).credit == ""
    with pytest.raises(NotPermitted):
        actions.stage_change(Relic.objects.all(), by=volunteer)


def test_who_curates_no_more_changes_no_more(
    relics: list[Relic], curator: User
) -> None:
    change = stage(curator, Step("credit", "set", "新"))
    actions.begin_change(change)
    curator.memberships.all().delete()
    actions.run_change(change.pk, rest=at_once)
    assert set(codes(change)) == {"not-yours"}


def test_a_rule_that_breaks_refuses_that_relic_alone(
    relics: list[Relic], curator: User
) -> None:
    Relic.objects.filter(pk=relics[0].pk).update(begin_year=1000)
    Relic.objects.filter(pk=relics[1].pk).update(register_no="A-1")
    Relic.objects.filter(pk=relics[2].pk).update(register_no="B-1")
    backwards = do(curator, Step("end_year", "set", 900))
    assert verdicts(backwards) == ["refused", "changed", "changed"]
    assert codes(backwards) == ["backwards"]
    twice = do(curator, Step("register_no", "replace", "B", "A"))
    assert verdicts(twice) == ["unchanged", "refused", "unchanged"]
    long = do(curator, Step("credit", "replace", "x" * 400, "馆"), relics=relics[:1])
    assert codes(long) == ["invalid"]


def test_a_name_may_not_become_empty(relics: list[Relic], curator: User) -> None:
    change = do(curator, Step("name_zh", "replace", "", relics[0].name_zh))
    assert verdicts(change) == ["refused", "unchanged", "unchanged"]
    change = do(curator, Step("name_zh", "replace", "鼎", "青铜鼎"))
    assert Naming.objects.filter(relic=relics[0], struck_at=None).count() == 2
    undo(change, curator)
    assert fresh(relics[0]).name_zh == relics[0].name_zh


def test_what_was_wrong_before_keeps_nothing_else_from_changing(
    relics: list[Relic], curator: User
) -> None:
    Relic.objects.filter(pk=relics[0].pk).update(name_zh="", category="of-old")
    change = do(curator, Step("credit", "set", "新"), relics=relics[:1])
    assert verdicts(change) == ["changed"]


def test_what_stands_in_the_ledger_is_not_moved(
    relics: list[Relic], curator: User
) -> None:
    from heritage.custody.actions.ledger import enter

    keeper = make_user(relics[0].collection, "ledger-keeper")
    enter(relics[0], by=keeper)
    change = stage(curator, Step("store_location", "set", "二号库"))
    shown = preview(change, start=0, by=curator, person=_person(curator))
    assert [one.verdict for one in shown.samples] == ["refused", "changed", "changed"]
    actions.begin_change(change)
    actions.run_change(change.pk, rest=at_once)
    assert verdicts(change) == ["refused", "changed", "changed"]
    assert Move.objects.filter(relic=relics[0]).count() == 0
    assert fresh(relics[1]).store_location == "二号库"


def test_links_lead_to_the_record_that_was_chosen(
    relics: list[Relic], curator: User
) -> None:
    person = make_person(relics[0].collection)
    change = do(curator, Step("maker", "set", person.pk))
    assert fresh(relics[0]).maker == person
    undo(change, curator)
    assert fresh(relics[0]).maker is None


def test_undo_leaves_what_was_edited_since(relics: list[Relic], curator: User) -> None:
    change = do(
        curator,
        Step("credit", "set", "新"),
        Step("grade", "set", "second"),
        Step("materials", "add", ["gold"]),
    )
    edited, regraded = fresh(relics[0]), fresh(relics[1])
    save_edit(edited, {"credit": "手改"}, seen_version=2, by=curator, door=Door.ADMIN)
    save_edit(regraded, {"grade": "first"}, seen_version=2, by=curator, door=Door.ADMIN)
    undo(change, curator)
    rows = change.results.order_by("place")
    assert [row.undo for row in rows] == ["partly", "partly", "taken-back"]
    assert [row.faults for row in rows] == [
        [["left", {"fields": ["credit"]}]],
        [["left", {"fields": ["grade"]}]],
        [],
    ]
    assert (fresh(relics[0]).credit, fresh(relics[0]).grade) == ("手改", "ungraded")
    assert (fresh(relics[1]).credit, fresh(relics[1]).grade) == ("馆藏 1", "first")
    assert not RelicMaterial.objects.filter(material="gold").exists()
    last = fresh(relics[2]).history.first()
    assert last.history_user == curator


def test_a_released_relic_changes_for_the_public_by_its_curators(
    relics: list[Relic], curator: User
) -> None:
    release(relics[0], by=curator, looked_at=None)
    change = do(curator, Step("credit", "set", "新"))
    assert change.public == 1
    assert fresh(relics[0]).is_released
    assert fresh(relics[0]).credit == "新"


def test_stopped_it_keeps_what_is_done_and_goes_on(
    relics: list[Relic], curator: User
) -> None:
    more = [make_relic(relics[0].collection) for _ in range(20)]
    change = stage(curator, Step("credit", "set", "新"))
    actions.begin_change(change)

    def stop(work: Work) -> None:
        actions.stop(BulkChange.objects.get(pk=work.pk))  # as another process does

    with pytest.raises(WorkLost):
        actions.run_change(change.pk, rest=at_once, on_batch=stop)
    change.refresh_from_db()
    done = Relic.objects.filter(credit="新").count()
    assert (change.state, change.cursor) == (BulkChange.State.STOPPED, done)
    assert 0 < done < len(more)
    with pytest.raises(WrongMoment):
        actions.stop(change)
    actions.begin_change(change)
    actions.run_change(change.pk, rest=at_once)
    assert Relic.objects.filter(credit="新").count() == 23
    assert set(Relic.objects.values_list("edit_version", flat=True)) == {2}


class Killed(BaseException):
    """The process ends here: nothing is caught, nothing is told."""


def test_killed_in_the_middle_it_goes_on_without_a_half(
    relics: list[Relic], curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        make_relic(relics[0].collection)
    change = stage(curator, Step("credit", "set", "新"), Step("grade", "set", "second"))
    actions.begin_change(change)
    saved = DatingOpinion.of  # asked for in the middle of each save
    calls: list[int] = []

    def dies(relic: Relic) -> DatingOpinion:
        calls.append(1)
        if len(calls) == 50:  # four a relic, ten relics in the first batch
            raise Killed
        return saved(relic)

    monkeypatch.setattr(DatingOpinion, "of", dies)
    with pytest.raises(Killed):
        actions.run_change(change.pk, rest=at_once)
    change.refresh_from_db()
    done = Relic.objects.filter(credit="新", grade="second").count()
    assert done == change.cursor == change.results.count() > 0
    assert Grading.objects.filter(grade="second").count() == done
    BulkChange.objects.update(leased_until=None)
    actions.run_change(change.pk, rest=at_once)
    assert verdicts(change) == ["changed"] * 23
    assert Grading.objects.filter(grade="second").count() == 23


def test_nothing_said_or_chosen_is_not_begun(
    relics: list[Relic], curator: User
) -> None:
    with pytest.raises(NothingToDo):
        actions.begin_change(stage(curator))
    none = actions.stage_change(Relic.objects.none(), by=curator)
    actions.set_steps(none, [Step("credit", "set", "新")])
    with pytest.raises(NothingToDo):
        actions.begin_change(none)


def test_what_nobody_began_is_forgotten_and_rows_of_the_done_go(
    relics: list[Relic], curator: User, settings: Any
) -> None:
    from datetime import timedelta
    from pathlib import Path

    from django.utils import timezone

    from heritage.exchange.due import drop_staged_rows

    left = stage(curator, Step("credit", "set", "新"))
    BulkChange.objects.update(created_at=timezone.now() - timedelta(days=8))
    done = do(curator, Step("credit", "set", "新"))
    drop_staged_rows()
    assert list(Path(settings.WORK_ROOT, "loads").iterdir()) == []
    assert list(BulkChange.objects.all()) == [done]
    assert ChangedRecord.objects.filter(change=done).count() == 3
    assert left.pk != done.pk


def _person(user: User) -> Any:
    from heritage.catalogue.policy import Person

    return Person.of(user)
