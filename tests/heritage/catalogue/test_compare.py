"""Relics beside one another: what differs, and never more than the reader may see."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.models import Collection, Relic, RelicMaterial, RestrictedRead
from tests.heritage.factories import make_collection, make_relic, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:catalogue_relic_changelist"


@pytest.fixture
def pair(collection: Collection) -> list[Relic]:
    first = make_relic(collection, name_zh="甲鼎", grade="first", price=88_123)
    second = make_relic(collection, name_zh="乙鼎", grade="second", price=99_456)
    RelicMaterial.objects.create(relic=second, material="gold")
    return [first, second]


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(user: User, relics: list[Relic], **more: Any) -> Any:
    numbers = {"of": [relic.pk for relic in relics], **more}
    return as_(user).get(reverse("admin:catalogue_compare"), numbers)


def rows(answer: Any) -> dict[str, Any]:
    return {row.label: row for group in answer.context["groups"] for row in group.rows}


def label(name: str) -> str:
    return str(Relic._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def test_a_curator_reads_what_differs(curator: User, pair: list[Relic]) -> None:
    answer = asked(curator, pair)
    found = rows(answer)
    assert found[label("grade")].differs
    assert found[label("grade")].values == [["一级"], ["二级"]]
    assert not found[label("category")].differs
    materials = found[str(RelicMaterial._meta.verbose_name_plural)]
    assert [len(lines) for lines in materials.values] == [1, 2]
    assert found[label("price")].values == [["88123.00"], ["99456.00"]]
    assert label("credit") not in found  # empty in both
    for relic in pair:
        assert f"/admin/catalogue/relic/{relic.pk}/change/" in answer.content.decode()


def test_only_what_differs_is_shown_on_demand(curator: User, pair: list[Relic]) -> None:
    found = rows(asked(curator, pair, differing=1))
    assert label("grade") in found
    assert label("category") not in found
    assert asked(curator, [pair[0], pair[0]]).status_code == 404  # one, asked twice


def test_what_is_withheld_is_not_told_nor_that_it_differs(
    volunteer: User, curator: User, pair: list[Relic]
) -> None:
    answer = asked(volunteer, pair)
    assert label("price") not in rows(answer)
    assert "88123" not in answer.content.decode()
    assert not RestrictedRead.objects.exists()
    asked(curator, pair)
    noted = {(read.record_key, *read.fields) for read in RestrictedRead.objects.all()}
    assert noted == {(relic.key, "price") for relic in pair}


def test_who_may_not_see_a_relic_compares_the_others(
    stranger: User, volunteer: User, collection: Collection, pair: list[Relic]
) -> None:
    hidden = make_relic(make_collection(), name_zh="秘鼎")
    answer = asked(volunteer, [*pair, hidden])
    assert len(answer.context["columns"]) == len(pair)
    assert "秘鼎" not in answer.content.decode()
    assert asked(volunteer, [pair[0], hidden]).status_code == 404
    assert asked(make_user(is_staff=True), pair).status_code == 404
    assert asked(make_user(make_collection(), "curator"), pair).status_code == 404
    assert asked(stranger, pair).status_code == 302  # to the log-in


@pytest.mark.parametrize(
    "numbers", [["x", "-1"], ["9" * 40, "²"], ["1", "2", "3", "4", "5"], []]
)
def test_nonsense_is_not_found(curator: User, numbers: list[str]) -> None:
    page = as_(curator).get(reverse("admin:catalogue_compare"), {"of": numbers})
    assert page.status_code == 404


def test_the_list_leads_there(
    curator: User, volunteer: User, pair: list[Relic]
) -> None:
    chosen = {"action": "compare_chosen", "_selected_action": [r.pk for r in pair]}
    for user in (curator, volunteer):
        answer = as_(user).post(reverse(LIST), chosen)
        assert answer.status_code == 302
        at = answer.headers["Location"]
        assert at.startswith(reverse("admin:catalogue_compare"))
        assert as_(user).get(at).status_code == 200
    alone = chosen | {"_selected_action": [pair[0].pk]}
    told = as_(curator).post(reverse(LIST), alone, follow=True)
    assert [str(one) for one in told.context["messages"]]
    assert told.request["PATH_INFO"] == reverse(LIST)
