"""Draft, review, released: who moves a record on, and what stands beside it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions import (
    approve,
    bring_back,
    release,
    save_edit,
    send_back,
    submit,
    undo,
)
from heritage.catalogue.doors import Door
from heritage.catalogue.errors import (
    EditedMeanwhile,
    NotEnoughEyes,
    NotLookedAt,
    NotPermitted,
    WrongState,
)
from heritage.catalogue.models import (
    Approval,
    Collection,
    Comment,
    MuseumSettings,
    ProposedEdit,
    Relic,
    SafetyCheck,
)
from heritage.catalogue.whereabouts import shown_find_place
from heritage.catalogue.wording import compare_words
from tests.heritage.catalogue.test_admin import RELEASE, form_of, page
from tests.heritage.factories import make_collection, make_place, make_relic, make_user


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_from_draft_to_review_and_back(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    relic = make_relic(collection)
    with pytest.raises(NotPermitted):
        submit(relic, by=stranger)
    submit(relic, by=volunteer)
    assert relic.state == "review"
    with pytest.raises(NotPermitted):
        send_back(relic, by=volunteer)
    send_back(relic, by=curator, reason="没有尺寸")
    assert relic.state == "draft"
    with pytest.raises(WrongState):
        send_back(relic, by=curator)


def test_as_many_eyes_as_the_museum_asks_for(
    collection: Collection, curator: User, volunteer: User
) -> None:
    MuseumSettings(release_eyes=2).save()
    other, relic = make_user(collection, "curator"), make_relic(collection)
    with pytest.raises(NotPermitted):
        approve(relic, by=volunteer)
    approve(relic, by=curator)
    approve(relic, by=curator)
    with pytest.raises(NotEnoughEyes):
        release(relic, by=curator)
    relic.save()  # what was found fit is not what is there now
    with pytest.raises(NotEnoughEyes):
        release(relic, by=other)
    approve(relic, by=curator)
    release(relic, by=other)
    assert relic.is_released


def test_a_release_records_what_was_looked_at(
    collection: Collection, curator: User
) -> None:
    place = make_place(collection)
    relic = make_relic(collection, find_place=place, find_shown_as="exact")
    with pytest.raises(NotLookedAt) as refused:
        release(relic, by=curator, looked_at=())
    assert refused.value.codes == ["place-exact"]
    release(relic, by=curator, looked_at=["place-exact"], note="业主同意")
    check = SafetyCheck.objects.get()
    assert (check.by, check.find_place, check.risks, check.note) == (
        curator, "exact", ["place-exact"], "业主同意",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "told"),
    [("exact", "村"), ("township", "镇"), ("county", "县"), ("hidden", None)],
)
def test_a_find_place_is_told_as_exactly_as_the_relic_says(
    collection: Collection, shown: str, told: str | None
) -> None:
    around = None
    for name, level in (("县", "county"), ("镇", "township"), ("村", "")):
        around = make_place(
            collection, name_zh=name, level=level, within=around, state="released"
        )
    relic = make_relic(
        collection, find_place=around, find_shown_as=shown, state="released"
    )
    found = shown_find_place(relic)
    assert (found and found.name_zh) == told


def test_undo_is_a_version_of_its_own(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = make_relic(collection, name_zh="甲", store_location="地库")
    for name in ("乙", "丙"):
        changes = {"name_zh": name}
        relic = save_edit(
            relic, changes, seen_version=relic.edit_version, by=curator, door=Door.API
        )
    undo(relic, seen_version=3, by=curator, door=Door.ADMIN)
    relic.refresh_from_db()
    assert (relic.name_zh, relic.edit_version) == ("乙", 4)
    with pytest.raises(EditedMeanwhile):
        undo(relic, seen_version=3, by=curator, door=Door.ADMIN)
    first = relic.history.get(edit_version=1)
    bring_back(relic, first, seen_version=4, by=volunteer, door=Door.ADMIN)
    relic.refresh_from_db()
    assert (relic.name_zh, relic.store_location, relic.state) == ("甲", "地库", "draft")


def test_what_a_helper_saves_on_a_released_record_is_a_proposal(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = make_relic(collection, name_zh="鼎", credit="某馆")
    release(relic, by=None)
    inside = as_(volunteer)
    typed = form_of(inside, relic) | {"name_zh": "大鼎", "credit": "误"}
    prefix = next(
        n.removesuffix("-0-material") for n in typed if n.endswith("-0-material")
    )
    typed |= {f"{prefix}-0-material": "iron"}
    assert inside.post(page("relic_change", relic.pk), typed).status_code == 302
    relic.refresh_from_db()
    assert (relic.name_zh, relic.materials.get().material) == ("鼎", "copper")
    proposal = ProposedEdit.objects.get()
    address = page("relic_proposal", relic.pk, proposal.key)
    assert inside.get(address).status_code == 404
    shown = as_(curator).get(address)
    choices = {one.label: one for one in shown.context["choices"]}
    assert len(choices) == 3
    data = {f"choice-{one.number}": "theirs" if one.mine == "误" else "mine"
            for one in choices.values()}  # fmt: skip
    taken = as_(curator).post(
        page("relic_change", relic.pk), hidden(shown) | data | {"_accept": "1"}
    )
    assert taken.status_code == 302
    relic.refresh_from_db()
    proposal.refresh_from_db()
    assert (relic.name_zh, relic.credit, relic.is_released) == ("大鼎", "某馆", True)
    assert relic.materials.get().material == "iron"
    assert (proposal.state, proposal.decided_by) == ("accepted", curator)


def test_a_proposal_that_meets_a_later_version_stays_one(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = make_relic(collection, name_zh="鼎")
    release(relic, by=None)
    inside = as_(volunteer)
    typed = form_of(inside, relic) | {"name_zh": "大鼎"}
    inside.post(page("relic_change", relic.pk), typed)
    proposal = ProposedEdit.objects.get()
    deciding, change = as_(curator), page("relic_change", relic.pk)
    shown = deciding.get(page("relic_proposal", relic.pk, proposal.key))
    later = Relic.objects.get()
    later.name_zh = "圆鼎"
    later.save()
    accept = {"choice-0": "mine", "_accept": "1"}
    again = deciding.post(change, hidden(shown) | accept)
    assert (again.status_code, again.context["proposal"]) == (409, proposal)
    wrong = hidden(again) | accept | {"merge_mine": "["}
    assert deciding.post(change, wrong).status_code == 400
    assert deciding.post(change, hidden(again) | accept).status_code == 302
    proposal.refresh_from_db()
    relic.refresh_from_db()
    assert (proposal.state, relic.name_zh) == ("accepted", "大鼎")


def hidden(answer: Any) -> dict[str, str]:
    context = answer.context
    return {
        "merge_mine": context["mine"], "merge_spots": context["spots"],
        "seen_version": str(context["seen_version"]), "edit_base": context["edit_base"],
        "edit_token": context["edit_token"], "proposal": context["proposal"].key,
    }  # fmt: skip


def test_a_proposal_is_refused_with_a_reason(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = make_relic(collection, name_zh="鼎")
    release(relic, by=None)
    inside = as_(volunteer)
    typed = form_of(inside, relic) | {"name_zh": "大鼎"}
    inside.post(page("relic_change", relic.pk), typed)
    proposal = ProposedEdit.objects.get()
    answer = as_(curator).post(
        page("relic_change", relic.pk),
        {"proposal": proposal.key, "_refuse": "1", "reason": "不确"},
    )
    proposal.refresh_from_db()
    relic.refresh_from_db()
    assert answer.status_code == 302
    assert (proposal.state, proposal.reason, relic.name_zh) == ("refused", "不确", "鼎")


def test_the_review_page_for_each(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    relic = make_relic(collection)
    address = page("relic_review", relic.pk)
    foreign = make_user(make_collection(), "curator")
    for user, status in (
        (curator, 200), (volunteer, 200), (make_user(collection, "scholar"), 200),
        (stranger, 302), (foreign, 404),
    ):  # fmt: skip
        assert as_(user).get(address).status_code == status
    assert as_(foreign).post(address, {"act": "submit"}).status_code == 404
    as_(volunteer).post(address, {"act": "submit"})
    relic.refresh_from_db()
    assert relic.state == "review"
    as_(volunteer).post(address, {"act": "release"})
    relic.refresh_from_db()
    assert relic.state == "review"
    stale = {"act": "release", "looked_at": [], "seen_version": "1"}
    MuseumSettings(release_eyes=2).save()
    for act in ("release", "approve"):
        as_(curator).post(address, stale | {"act": act})
    assert not Approval.objects.exists()
    MuseumSettings(release_eyes=1).save()
    as_(curator).post(address, {"act": "release", "looked_at": []})
    relic.refresh_from_db()
    assert relic.state == "review"  # nobody saw this version
    seen = as_(curator).get(address).context["original"].edit_version
    as_(curator).post(address, stale | {"seen_version": str(seen)})
    relic.refresh_from_db()
    assert relic.state == "released"


def test_what_was_not_seen_is_neither_released_nor_found_fit(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    Relic.objects.get().save()
    relic.refresh_from_db()
    for act in (approve, release):
        with pytest.raises(EditedMeanwhile):
            act(relic, by=curator, seen_version=1)
    assert not Approval.objects.exists()
    release(relic, by=curator, seen_version=2)


def test_people_talk_about_a_record(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = make_relic(collection)
    address = page("relic_review", relic.pk)
    as_(volunteer).post(address, {"act": "comment", "text": "<b>器底</b>有铭？"})
    thread = Comment.objects.get()
    told = {"act": "comment", "text": "有。", "thread": thread.pk}
    as_(curator).post(address, told)
    assert thread.answers.get().by == curator
    as_(curator).post(address, {"act": "resolve", "thread": thread.pk})
    thread.refresh_from_db()
    assert thread.resolved_by == curator
    shown = as_(volunteer).get(address).content.decode()
    assert "&lt;b&gt;器底&lt;/b&gt;有铭？" in shown
    as_(curator).post(address, {"act": "comment", "text": "  "})
    assert Comment.objects.count() == 2


def test_a_press_on_release_that_needs_a_look_leads_there(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(
        collection, find_place=make_place(collection), find_shown_as="exact"
    )
    inside = as_(curator)
    answer = inside.post(
        page("relic_change", relic.pk), form_of(inside, relic) | {RELEASE: "1"}
    )
    assert answer["Location"] == page("relic_review", relic.pk)
    looked = {"act": "release", "looked_at": ["place-exact"], "seen_version": "1"}
    inside.post(answer["Location"], looked)
    assert Relic.objects.get().is_released


def test_a_save_without_a_change_is_no_version(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    inside = as_(curator)
    inside.post(page("relic_change", relic.pk), form_of(inside, relic))
    assert Relic.objects.get().edit_version == 1
    typed = form_of(inside, relic)
    prefix = next(
        n.removesuffix("-0-material") for n in typed if n.endswith("-0-material")
    )
    inside.post(
        page("relic_change", relic.pk), typed | {f"{prefix}-0-material": "iron"}
    )
    assert Relic.objects.get().edit_version == 2


def test_words_are_marked_not_whole_texts() -> None:
    pieces = compare_words("三足鼎 a vessel", "三足圆鼎 a big vessel")
    assert [(one.kind, one.text) for one in pieces if one.kind != "same"] == [
        ("new", "圆"), ("new", "big "),
    ]  # fmt: skip
    assert "".join(one.text for one in pieces) == "三足圆鼎 a big vessel"
