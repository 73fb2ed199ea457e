"""Every save stands on what its author has read."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from heritage.catalogue.actions import editing, save_edit
from heritage.catalogue.doors import Door, through
from heritage.catalogue.errors import EditedMeanwhile, NotPermitted
from heritage.catalogue.models import Collection, Relic, RelicMaterial
from heritage.catalogue.policy import Person, allows
from tests.heritage.factories import make_relic, make_user


def test_each_save_is_one_version_more(collection: Collection) -> None:
    relic = make_relic(collection)
    relic.save()
    relic.save(update_fields=["name_zh"])
    assert relic.edit_version == Relic.objects.get().edit_version == 3


def test_what_was_read_before_another_save_is_refused(collection: Collection) -> None:
    make_relic(collection)
    mine, theirs = Relic.objects.get(), Relic.objects.get()
    theirs.name_zh = "别人的"
    theirs.save()
    with pytest.raises(EditedMeanwhile):
        mine.save()
    assert Relic.objects.get().name_zh == "别人的"


def test_named_fields_do_not_make_the_rest_newer(collection: Collection) -> None:
    make_relic(collection)
    mine, theirs = Relic.objects.get(), Relic.objects.get()
    theirs.save()
    mine.save(update_fields=["name_zh"])
    with pytest.raises(EditedMeanwhile):
        mine.save()


def test_an_edit_names_what_differs(collection: Collection, curator: User) -> None:
    relic = make_relic(collection)
    changes = {"name_zh": "甲", "credit": "某馆"}
    save_edit(relic, {"name_zh": "乙"}, seen_version=1, by=curator, door=Door.API)
    with pytest.raises(EditedMeanwhile) as refused:
        save_edit(relic, changes, seen_version=1, by=curator, door=Door.API)
    assert refused.value.differing == ["name_zh"]
    saved = save_edit(relic, changes, seen_version=2, by=curator, door=Door.API)
    assert (saved.edit_version, saved.credit) == (3, "某馆")


def test_the_history_names_person_and_door(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    with through(Door.IMPORT):
        relic.save()
    save_edit(relic, {"name_zh": "乙"}, seen_version=2, by=curator, door=Door.API)
    told = relic.history.values_list("door", "history_user__username", "edit_version")
    assert [*told] == [
        ("api", curator.username, 3), ("import", None, 2), ("command", None, 1),
    ]  # fmt: skip


def test_fields_and_rows_are_one_edit_or_none(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)

    def edit(*, is_sound: bool) -> None:
        with editing(relic, seen_version=1, by=curator, door=Door.IMPORT) as fresh:
            fresh.name_zh = "乙"
            RelicMaterial.objects.create(relic=fresh, material="silver")
            if not is_sound:
                raise ValidationError("row 7")

    with pytest.raises(ValidationError):
        edit(is_sound=False)
    assert (relic.materials.count(), Relic.objects.get().edit_version) == (1, 1)
    edit(is_sound=True)
    assert (relic.materials.count(), Relic.objects.get().edit_version) == (2, 2)


def test_what_a_person_may_not_write_is_refused(
    collection: Collection, volunteer: User, stranger: User
) -> None:
    relic = make_relic(collection, store_location="地库三排")
    for person, changes in (
        (stranger, {"name_zh": "乙"}),
        (make_user(collection, "scholar"), {"name_zh": "乙"}),
        (volunteer, {"store_location": "别处"}),
        (volunteer, {"release_on": None, "withdraw_on": "2030-01-01"}),
    ):
        with pytest.raises(NotPermitted):
            save_edit(relic, changes, seen_version=1, by=person, door=Door.API)
    assert Relic.objects.get().edit_version == 1


def test_what_keepers_read(collection: Collection, volunteer: User) -> None:
    relic = make_relic(collection)
    seen = {
        role: [
            n for n in ("store_location", "price") if allows(Person.of(user), relic, n)
        ]
        for role, user in {
            "volunteer": volunteer,
            "store-keeper": make_user(collection, "store-keeper"),
            "ledger-keeper": make_user(collection, "ledger-keeper"),
            "scholar": make_user(collection, "scholar"),
        }.items()
    }
    assert seen == {
        "volunteer": [], "scholar": [], "store-keeper": ["store_location"],
        "ledger-keeper": ["store_location", "price"],
    }  # fmt: skip
