"""The register's pages in the admin: who sees what, and no lost work."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.models import Collection, Record
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_find_batch,
    make_person,
    make_place,
    make_recording,
    make_relic,
    make_site,
)

RELEASE = "catalogue_relic_save_and_release"
MODELS = (
    "relic", "element", "bearer", "recording", "site", "findbatch", "agent", "place",
    "period",
)  # fmt: skip


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:catalogue_{name}", args=args)


def form_of(client: Client, record: Record) -> dict[str, Any]:
    """What the browser would post back unchanged."""
    response = client.get(page(f"{record._meta.model_name}_change", record.pk))
    form = response.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        data |= {
            f"{formset.prefix}-{k}": v
            for k, v in formset.management_form.initial.items()
        }
        for row in formset.initial_forms:
            data |= {row[name].html_name: row[name].value() for name in row.fields}
    ticked = {name: "on" if value is True else value for name, value in data.items()}
    return {
        name: "" if value is None else value
        for name, value in ticked.items()
        if value is not False
    }


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_list_and_form_opens(
    inside: Client, collection: Collection, model: str, language: str
) -> None:
    if model in {"relic", "period"}:  # what is dated, and the periods themselves
        load_periods()
    make_recording(make_bearer(make_element(collection), make_person(collection)))
    make_find_batch(make_site(collection))
    make_place(collection)
    make_relic(collection)
    headers = {"Accept-Language": language}
    listed = inside.get(page(f"{model}_changelist"), headers=headers)
    rows = listed.context["cl"].result_list
    assert listed.status_code == 200
    assert (
        inside.get(page(f"{model}_change", rows[0].pk), headers=headers).status_code
        == 200
    )
    assert inside.get(page(f"{model}_add"), headers=headers).status_code == 200


def test_nobody_outside_a_collection_enters(client: Client, stranger: User) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(page("relic_changelist")).status_code == 403


def test_drafts_of_another_collection_are_not_listed(inside: Client) -> None:
    other = make_relic(make_collection())
    listed = inside.get(page("relic_changelist"))
    assert other not in listed.context["cl"].result_list
    assert inside.get(page("relic_change", other.pk)).status_code == 302


def test_save_and_release(inside: Client, collection: Collection) -> None:
    relic = make_relic(collection)
    data = form_of(inside, relic) | {"name_zh": "新名", RELEASE: "1"}
    assert inside.post(page("relic_change", relic.pk), data).status_code == 302
    relic.refresh_from_db()
    assert (relic.name_zh, relic.state) == ("新名", "released")


def test_what_is_missing_is_said_and_the_text_is_kept(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection, description_zh="")
    data = form_of(inside, relic) | {"name_zh": "新名", RELEASE: "1"}
    answer = inside.post(page("relic_change", relic.pk), data, follow=True)
    relic.refresh_from_db()
    assert (relic.name_zh, relic.state) == ("新名", "draft")
    assert any(message.level_tag == "error" for message in answer.context["messages"])


def test_a_volunteer_drafts_but_does_not_release(
    client: Client, volunteer: User, collection: Collection
) -> None:
    client.force_login(volunteer)
    relic = make_relic(collection)
    data = form_of(client, relic) | {"name_zh": "新名", RELEASE: "1"}
    client.post(page("relic_change", relic.pk), data)
    relic.refresh_from_db()
    assert (relic.name_zh, relic.state) == ("新名", "draft")


def test_a_private_field_is_not_on_a_volunteers_form(
    client: Client, volunteer: User, collection: Collection
) -> None:
    client.force_login(volunteer)
    relic = make_relic(collection, store_location="地库三排")
    answer = client.get(page("relic_change", relic.pk))
    assert "地库三排" not in answer.content.decode()
    client.post(page("relic_change", relic.pk), form_of(client, relic))
    relic.refresh_from_db()
    assert relic.store_location == "地库三排"


def test_somebody_elses_save_is_not_overwritten(
    inside: Client, collection: Collection
) -> None:
    relic = make_relic(collection)
    data = form_of(inside, relic) | {"name_zh": "我的"}
    relic.name_zh = "别人的"
    relic.save()
    answer = inside.post(page("relic_change", relic.pk), data)
    relic.refresh_from_db()
    assert answer.status_code == 409
    assert relic.name_zh == "别人的"
    [choice] = answer.context["choices"]
    assert (choice.mine, choice.theirs) == ("我的", "别人的")


def test_a_record_cannot_be_moved_into_a_foreign_collection(
    inside: Client, collection: Collection
) -> None:
    relic, foreign = make_relic(collection), make_collection()
    data = form_of(inside, relic) | {"collection": foreign.pk}
    inside.post(page("relic_change", relic.pk), data)
    relic.refresh_from_db()
    assert relic.collection == collection


def test_the_past_can_be_seen(inside: Client, collection: Collection) -> None:
    relic = make_relic(collection, name_zh="旧名")
    relic.name_zh = "新名"
    relic.save()
    history = inside.get(page("relic_history", relic.pk))
    assert history.status_code == 200
    oldest = relic.history.earliest()
    past = inside.get(page("relic_simple_history", relic.pk, oldest.pk))
    assert "旧名" in past.content.decode()
