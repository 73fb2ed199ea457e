"""Roles: groups, what keepers and scholars open, who read what, and the start page."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from heritage.catalogue.actions import comment, propose, submit
from heritage.catalogue.dashboard import cards_for
from heritage.catalogue.models import (
    Collection,
    Membership,
    Relic,
    RestrictedRead,
)
from heritage.catalogue.models.review import Unchangeable
from heritage.catalogue.policy import ADMINISTRATOR, EXHIBIT_DEVICE, Person
from heritage.catalogue.roles import ensure_groups
from tests.heritage.catalogue.test_admin import page
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_person,
    make_place,
    make_relic,
    make_site,
    make_user,
)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(user: User) -> dict[str, int]:
    return {card.slug: card.count for card in cards_for(Person.of(user), user.pk)}


def test_a_collection_is_named_in_its_readers_language(collection: Collection) -> None:
    collection.name_zh, collection.name_en = "青铜馆", "Bronzes"
    for language, name in (("zh-hans", "青铜馆"), ("en", "Bronzes")):
        with translation.override(language):
            assert str(collection) == name
    collection.name_en = ""
    with translation.override("en"):
        assert str(collection) == "青铜馆"


def test_every_role_is_a_group(db: None) -> None:
    roles = {*Membership.Role.values, ADMINISTRATOR, EXHIBIT_DEVICE}
    assert roles <= {*Group.objects.values_list("name", flat=True)}
    scholar = Group.objects.get(name="scholar")
    verbs = {one.codename.split("_")[0] for one in scholar.permissions.all()}
    assert verbs == {"view"}
    assert not Group.objects.get(name=EXHIBIT_DEVICE).permissions.exists()
    curator = Group.objects.get(name="curator").permissions
    assert curator.filter(codename="change_relic").exists()
    assert not curator.filter(codename__endswith="_membership").exists()


def test_who_has_a_part_is_in_its_group(collection: Collection) -> None:
    user = make_user(collection, "store-keeper")
    membership = Membership.objects.get(user=user)
    assert [*user.groups.values_list("name", flat=True)] == ["store-keeper"]
    membership.role = "curator"
    membership.save()
    assert [*user.groups.values_list("name", flat=True)] == ["curator"]
    membership.delete()
    assert not user.groups.exists()


def test_the_group_of_administrators_administers(stranger: User) -> None:
    stranger.groups.add(Group.objects.get(name=ADMINISTRATOR))
    assert not Person.of(stranger).is_administrator  # an account for the public pages
    stranger.is_staff = True
    assert Person.of(stranger).is_administrator


@pytest.mark.parametrize(
    ("role", "sees_store", "sees_price"),
    [
        ("curator", True, True), ("ledger-keeper", True, True),
        ("store-keeper", True, False), ("scholar", False, False),
        ("volunteer", False, False),
    ],
)  # fmt: skip
def test_a_form_shows_what_the_role_may_read(
    collection: Collection, role: str, *, sees_store: bool, sees_price: bool
) -> None:
    relic = make_relic(collection, store_location="地库三排", price=98765)
    user = make_user(collection, role)
    answer = as_(user).get(page("relic_change", relic.pk))
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert ("地库三排" in shown, "98765" in shown) == (sees_store, sees_price)
    read = RestrictedRead.objects.filter(by=user).first()
    expected = ["store_location"] * sees_store + ["price"] * sees_price
    assert (read.fields if read else []) == expected


def test_the_review_page_writes_down_what_it_compares(collection: Collection) -> None:
    relic = make_relic(collection, price=100, name_zh="鼎")
    relic.price = 98765
    relic.save()
    user = make_user(collection, "curator")
    assert "98765" in as_(user).get(page("relic_review", relic.pk)).content.decode()
    assert [read.fields for read in RestrictedRead.objects.filter(by=user)] == [
        ["price"]
    ]


def test_keepers_and_scholars_change_nothing(collection: Collection) -> None:
    relic = make_relic(collection, name_zh="鼎")
    for role in ("ledger-keeper", "store-keeper", "scholar"):
        client = as_(make_user(collection, role))
        answer = client.post(page("relic_change", relic.pk), {"name_zh": "改"})
        assert answer.status_code == 403
        assert client.get(page("relic_add")).status_code == 403
    assert Relic.objects.get().name_zh == "鼎"


def test_a_read_that_was_written_down_stays(collection: Collection) -> None:
    read = RestrictedRead.objects.create(record_kind="relic", record_key="k")
    with pytest.raises(Unchangeable):
        read.save()
    with pytest.raises(Unchangeable):
        read.delete()


def test_the_start_page_tells_each_what_waits(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    draft = make_relic(collection, created_by=volunteer, name_en="")
    waiting = make_relic(collection)
    submit(waiting, by=volunteer)
    propose(waiting, {}, read={}, seen_version=2, by=volunteer)
    comment(draft, "铭文？", by=volunteer)
    element = make_element(collection, description_zh="同", description_en="same")
    soon = timezone.localdate() + timedelta(days=30)
    make_bearer(element, status="active", consent_until=soon)
    foreign = make_user(make_collection(), "curator")
    assert titles(volunteer).items() >= {
        "my-drafts": 1, "review": 1, "comments": 1,
    }.items()  # fmt: skip
    assert (
        titles(curator).items() >= {"review": 1, "proposals": 1, "consents": 1}.items()
    )
    assert "consents" not in titles(volunteer)
    assert "untranslated" in titles(curator)
    assert titles(foreign) == titles(stranger) == {}
    start = as_(curator).get(reverse("admin:index")).content.decode()
    assert 'data-card="consents"' in start
    assert page("relic_review", waiting.pk) in start


def test_collections_are_for_administrators(collection: Collection) -> None:
    ensured = Group.objects.get(name="volunteer").permissions
    wrong = Permission.objects.filter(content_type__model="collection")
    ensured.add(*wrong)
    ensure_groups()
    assert not ensured.filter(content_type__model="collection").exists()
    ensured.add(*wrong)  # and even so
    client = as_(make_user(collection, "volunteer"))
    assert client.get(page("collection_changelist")).status_code == 403
    typed = {"name_zh": "改"}
    assert client.post(page("collection_add"), typed).status_code == 403
    asked = client.post(page("collection_change", collection.pk), typed)
    assert asked.status_code == 403
    assert (
        as_(make_user(is_superuser=True, is_staff=True))
        .get(page("collection_add"))
        .status_code
        == 200
    )


def test_to_administer_is_not_to_direct(db: None) -> None:
    director = Permission.objects.get(codename="direct_custody")
    administrators = Group.objects.get(name=ADMINISTRATOR).permissions
    assert not administrators.filter(pk=director.pk).exists()
    administrators.add(director)
    ensure_groups()
    assert not administrators.filter(pk=director.pk).exists()
    assert administrators.filter(codename="change_collection").exists()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("relic", "store_location__startswith=地库"), ("relic", "price__gte=1"),
        ("relic", "find_place_id=1"), ("site", "latitude__gte=1"),
        ("agent", "id_number__startswith=1"), ("place", "relics_found=1"),
    ],
)  # fmt: skip
def test_nobody_finds_out_by_filtering(
    collection: Collection, volunteer: User, model: str, lookup: str
) -> None:
    make_relic(make_collection(), find_place=make_place(collection))
    make_person(collection)
    make_site(collection)
    address = f"{page(f'{model}_changelist')}?{lookup}"
    assert as_(volunteer).get(address).status_code == 400


def test_who_reads_a_field_everywhere_filters_by_it(
    collection: Collection, curator: User
) -> None:
    make_relic(collection, price=5)
    asked = f"{page('relic_changelist')}?price__gte=1"
    answer = as_(curator).get(asked)
    assert (answer.status_code, answer.context["cl"].result_count) == (200, 1)
    make_relic(make_collection(), price=5)
    assert as_(curator).get(asked).status_code == 400


def test_what_is_untranslated_is_listed_for_those_who_work_on_it(
    collection: Collection, client: Client
) -> None:
    relic = make_relic(collection, name_zh="兽面纹鼎", name_en="", description_zh="")
    make_relic(collection, name_zh="全译", name_en="Whole", description_zh="")
    for role in ("curator", "volunteer"):
        shown = as_(make_user(collection, role)).get(page("untranslated"))
        text = shown.content.decode()
        assert f"/admin/catalogue/relic/{relic.pk}/change/" in text
        assert "全译" not in text
    other = make_user(make_collection(), "curator")
    assert "兽面纹鼎" not in as_(other).get(page("untranslated")).content.decode()
    scholar = make_user(collection, "scholar")
    assert as_(scholar).get(page("untranslated")).status_code == 403
    assert client.get(page("untranslated")).status_code == 302
