"""The second of two who save sees both versions; what she typed comes back to her."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import Collection, FormDraft, Relic, RelicMaterial
from tests.heritage.catalogue.test_admin import form_of, page
from tests.heritage.factories import make_relic, make_user


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


def chosen(answer: Any, **choices: str) -> dict[str, str]:
    """Post the merge page with what it proposes, but for these fields."""
    context = answer.context
    data = {
        "merge_mine": context["mine"], "merge_spots": context["spots"],
        "seen_version": str(context["seen_version"]), "edit_base": context["edit_base"],
        "edit_token": context["edit_token"],
    }  # fmt: skip
    spots = json.loads(context["spots"])
    for one, spot in zip(context["choices"], spots, strict=True):
        data[f"choice-{one.number}"] = choices.get(spot[2], one.choice)
    return data


def test_both_versions_are_shown_and_merged(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection, name_zh="鼎", credit="某馆")
    mine = form_of(inside, relic) | {
        "name_zh": "大鼎",
        "description_zh": "三足，有盖。",
    }
    theirs = Relic.objects.get()
    theirs.name_zh, theirs.credit = "圆鼎", "他馆"
    theirs.save()
    address = page("relic_change", relic.pk)
    answer = inside.post(address, mine)
    assert answer.status_code == 409
    assert "<ins>，有盖</ins>" in answer.content.decode()
    told = {json.loads(answer.context["spots"])[n][2]: one
            for n, one in enumerate(answer.context["choices"])}  # fmt: skip
    assert {n: one.choice for n, one in told.items()} == {
        "name_zh": "", "description_zh": "mine", "credit": "theirs",
    }  # fmt: skip
    assert (told["name_zh"].was, told["name_zh"].mine, told["name_zh"].theirs) == (
        "鼎", "大鼎", "圆鼎",
    )  # fmt: skip
    saved = inside.post(address, chosen(answer, name_zh="mine"))
    assert saved.status_code == 302
    relic.refresh_from_db()
    assert (relic.name_zh, relic.credit, relic.description_zh) == (
        "大鼎", "他馆", "三足，有盖。",
    )  # fmt: skip


def test_a_number_that_no_record_can_have_is_shown_as_typed(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    number = "9" * 40
    mine = form_of(inside, relic) | {"collection": number, "name_zh": "我的"}
    Relic.objects.update(name_zh="他的", edit_version=relic.edit_version + 1)
    answer = inside.post(page("relic_change", relic.pk), mine)
    assert answer.status_code == 409
    assert number in [one.mine for one in answer.context["choices"]]


def test_rows_are_merged_too(inside: Client, collection: Collection) -> None:
    relic = make_relic(collection)
    row = relic.materials.get()
    mine = form_of(inside, relic)
    prefix = next(
        n.removesuffix("-0-material") for n in mine if n.endswith("-0-material")
    )
    mine |= {f"{prefix}-TOTAL_FORMS": "2", f"{prefix}-1-material": "silver",
             f"{prefix}-1-id": "", f"{prefix}-1-relic": relic.pk,
             f"{prefix}-0-material": "iron"}  # fmt: skip
    row.delete()
    RelicMaterial.objects.create(relic=relic, material="gold")
    Relic.objects.get().save()
    address = page("relic_change", relic.pk)
    answer = inside.post(address, mine)
    assert answer.status_code == 409
    saved = inside.post(address, chosen(answer, **{"": "mine"}))
    assert saved.status_code == 302, saved.context["errors"]
    kept = set(relic.materials.values_list("material", flat=True))
    assert kept == {"iron", "silver", "gold"}


def test_what_moved_on_unseen_hinders_nobody(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    mine = form_of(inside, relic) | {"name_zh": "我的"}
    Relic.objects.get().save()  # a version more, and nothing else in this form
    assert inside.post(page("relic_change", relic.pk), mine).status_code == 302
    relic.refresh_from_db()
    assert relic.name_zh == "我的"


def test_a_third_who_saves_while_two_are_merged(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection, name_zh="鼎")
    mine = form_of(inside, relic) | {"name_zh": "我的"}
    address = page("relic_change", relic.pk)
    for name in ("第一", "第二"):
        other = Relic.objects.get()
        other.name_zh = name
        other.save()
        answer = inside.post(address, mine)
        assert answer.status_code == 409
        mine = chosen(answer, name_zh="mine")
    assert inside.post(address, mine).status_code == 302
    relic.refresh_from_db()
    assert relic.name_zh == "我的"


def keep(client: Client, relic: Relic, typed: dict[str, Any]) -> Any:
    lists = {name: [str(value)] for name, value in typed.items()}
    body = {"token": typed["edit_token"], "typed": json.dumps(lists)}
    return client.post(page("relic_draft", relic.pk), body)


def test_unsaved_text_is_offered_and_taken_up(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    typed = form_of(inside, relic) | {"name_zh": "打了一半"}
    url = keep(inside, relic, typed).json()["url"]
    assert url in inside.get(page("relic_change", relic.pk)).content.decode()
    taken = inside.get(url)
    assert taken.context["adminform"].form["name_zh"].value() == "打了一半"
    relic.refresh_from_db()
    assert relic.name_zh != "打了一半"
    assert inside.post(page("relic_change", relic.pk), typed).status_code == 302
    assert keep(inside, relic, typed).json()["done"]
    assert url not in inside.get(page("relic_change", relic.pk)).content.decode()


def test_unsaved_text_meets_what_was_saved_meanwhile(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    url = keep(inside, relic, form_of(inside, relic) | {"name_zh": "我"}).json()["url"]
    other = Relic.objects.get()
    other.name_zh = "他"
    other.save()
    answer = inside.get(url)
    assert answer.status_code == 409
    assert [(one.mine, one.theirs) for one in answer.context["choices"]] == [
        ("我", "他")
    ]


def test_unsaved_text_is_its_writers_alone(
    inside: Client, collection: Collection, stranger: User, client: Client
) -> None:
    relic = make_relic(collection)
    typed = form_of(inside, relic)
    keep(inside, relic, typed)
    for role, status in (("curator", 403), ("scholar", 403)):
        other = Client()
        other.force_login(make_user(collection, role))
        assert keep(other, relic, typed).status_code == status
        assert (
            "draft=" not in other.get(page("relic_change", relic.pk)).content.decode()
        )
    outside = Client()
    outside.force_login(stranger)
    assert keep(outside, relic, typed).status_code == 302  # to the door
    assert FormDraft.objects.count() == 1


def test_malformed_unsaved_text_is_refused(
    inside: Client, collection: Collection
) -> None:
    address = page("relic_draft", make_relic(collection).pk)
    for body in ({}, {"token": "x", "typed": "{}"}, {"token": "0" * 10, "typed": "["}):
        assert inside.post(address, body).status_code == 422
