"""Taking a change back brings the rows of a form back as well: materials, sizes, numbers."""

import io
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, ProtectedError
from django.test import Client
from django.urls import reverse

from heritage.catalogue.actions import bring_back, editing, undo
from heritage.catalogue.actions.recordings import keep_file
from heritage.catalogue.changes import find_row_changes
from heritage.catalogue.doors import Door
from heritage.catalogue.models import (
    Citation,
    Collection,
    Dimension,
    ElementListing,
    ElementPart,
    ExternalIdentifier,
    KeptRows,
    Recording,
    RecordingItem,
    Relic,
    RelicMaterial,
)
from heritage.catalogue.policy import Person
from heritage.catalogue.rows_of import keep_rows, rows_at, rows_of
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_recording,
    make_relic,
    make_user,
)

from .test_admin import form_of

pytestmark = pytest.mark.django_db


def edit(relic: Relic, by: User, change: Any) -> Relic:
    with editing(
        relic, seen_version=fresh(relic).edit_version, by=by, door=Door.ADMIN
    ) as held:
        keep_rows(held)
        change(held)
    return fresh(relic)


def fresh(relic: Relic) -> Relic:
    return Relic.objects.get(pk=relic.pk)


def take_back(relic: Relic, by: User) -> None:
    now = fresh(relic)
    undo(now, seen_version=now.edit_version, by=by, door=Door.ADMIN)


def materials(relic: Relic) -> set[str]:
    return set(relic.materials.values_list("material", flat=True))


def test_rows_that_went_or_changed_come_back_as_they_were(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    size = Dimension.objects.create(relic=relic, kind="height", value=20, unit="cm")
    book = Citation.objects.create(relic=relic, title="吉金图录")

    def change(held: Relic) -> None:
        held.materials.all().delete()
        RelicMaterial.objects.create(relic=held, material="gold")
        Dimension.objects.filter(pk=size.pk).update(value=25)
        Citation.objects.filter(pk=book.pk).delete()

    edit(relic, curator, change)
    take_back(relic, curator)
    assert materials(relic) == {"copper"}
    assert relic.dimensions.get().value == 20
    assert relic.citations.get().key == book.key
    assert fresh(relic).edit_version == 3
    take_back(relic, curator)  # the taking back itself is a version as any other
    assert materials(relic) == {"gold"}


def test_two_rows_that_swapped_what_each_has_alone_swap_it_back(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    rows = [
        ExternalIdentifier.objects.create(
            relic=relic, type="wikidata", identifier=number
        )
        for number in ("Q101", "Q102", "Q103")
    ]
    before = rows_of(fresh(relic))

    def change(held: Relic) -> None:
        """All three go round, as one does who types them into the wrong lines."""
        numbers = [rows[1].identifier, rows[2].identifier, rows[0].identifier]
        ExternalIdentifier.objects.filter(relic=held).update(identifier=F("pk"))
        for row, number in zip(rows, numbers, strict=True):
            row.identifier = number
            row.save()
        rows[0].note = "新"
        rows[0].save()

    edit(relic, curator, change)
    assert rows_of(fresh(relic)) != before
    take_back(relic, curator)
    assert rows_of(fresh(relic)) == before
    take_back(relic, curator)
    assert relic.identifiers.get(pk=rows[0].pk).note == "新"


def test_a_row_that_others_refer_to_changes_back_under_its_key(
    collection: Collection, curator: User
) -> None:
    element = make_element(collection)
    first, second = (
        ElementPart.objects.create(element=element, name_zh=name, applicant="佛山")
        for name in ("甲", "乙")
    )
    listing = ElementListing.objects.create(element=element, part=first, level="city")
    with editing(element, seen_version=1, by=curator, door=Door.ADMIN) as held:
        keep_rows(held)
        ElementPart.objects.filter(pk=first.pk).update(name_zh="丙")
        ElementPart.objects.filter(pk=second.pk).update(name_zh="甲")
        ElementPart.objects.filter(pk=first.pk).update(name_zh="乙")
    now = type(element).objects.get(pk=element.pk)
    undo(now, seen_version=2, by=curator, door=Door.ADMIN)
    connection.check_constraints()
    assert ElementListing.objects.get(pk=listing.pk).part == first
    parts = ElementPart.objects.filter(element=element).order_by("pk")
    assert list(parts.values_list("pk", "name_zh")) == [(first.pk, "甲"), (second.pk, "乙")]  # fmt: skip


def test_what_an_earlier_version_had_is_known_through_those_between(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    for number, material in enumerate(("gold", "iron", "jade")):
        edit(relic, curator, lambda held, m=material: RelicMaterial.objects.create(relic=held, material=m))  # fmt: skip
        assert KeptRows.objects.count() == number + 1
    edit(relic, curator, lambda held: setattr(held, "credit", "馆"))
    edit(relic, curator, lambda held: setattr(held, "credit", "藏"))
    assert KeptRows.objects.count() == 4  # the last two found no other rows
    now = fresh(relic)
    second = now.history.get(edit_version=2)
    bring_back(now, second, seen_version=6, by=curator, door=Door.ADMIN)
    assert materials(relic) == {"copper", "gold"}
    assert fresh(relic).credit == ""


def test_of_versions_before_rows_were_kept_the_fields_alone_come_back(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    relic.credit = "馆"
    relic.save()
    assert rows_at(relic, 1) is None
    RelicMaterial.objects.create(relic=relic, material="gold")
    take_back(relic, curator)
    assert materials(relic) == {"copper", "gold"}
    assert fresh(relic).credit == ""


def test_the_rows_of_today_are_read_once_however_many_versions_say_the_same(
    collection: Collection, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    relic = make_relic(collection)
    edit(relic, curator, lambda held: setattr(held, "credit", "馆"))
    for _ in range(4):
        fresh(relic).save()
    read: list[Any] = []

    def noted(one: Any) -> Any:
        read.append(one)
        return rows_of(one)

    module = import_module("heritage.catalogue.actions.undo")
    monkeypatch.setattr(module, "rows_of", noted)
    take_back(relic, curator)
    assert fresh(relic).credit == ""
    assert len(read) == 1


def test_what_another_has_by_now_does_not_come_back_half(
    collection: Collection, curator: User
) -> None:
    relic, other = make_relic(collection), make_relic(collection)
    told = {"type": "wikidata", "identifier": "Q42"}
    ExternalIdentifier.objects.create(relic=relic, **told)

    def change(held: Relic) -> None:
        held.identifiers.all().delete()
        held.materials.all().delete()
        held.credit = "新"

    edit(relic, curator, change)
    ExternalIdentifier.objects.create(relic=other, **told)
    with pytest.raises(ValidationError):
        take_back(relic, curator)
    assert (materials(relic), fresh(relic).credit) == (set(), "新")


def test_measures_of_a_model_stay_with_their_run(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    Dimension.objects.create(
        relic=relic, kind="height", value=20, origin="scan", run_key="r1"
    )
    assert "catalogue.Dimension" not in rows_of(relic)


def test_a_size_measured_since_stands_in_the_stead_of_the_one_of_then(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    told = {"relic": relic, "kind": "height", "unit": "cm"}
    scan = Dimension.objects.create(**told, value=20, origin="scan")
    Dimension.objects.create(**told, value=19, origin="card")
    edit(relic, curator, lambda held: setattr(held, "credit", "馆"))
    Dimension.objects.filter(pk=scan.pk).update(run_key="r1", value=21)
    take_back(relic, curator)
    assert fresh(relic).credit == ""
    assert [size.value for size in relic.dimensions.order_by("value")] == [19, 21]


@pytest.fixture
def recording(collection: Collection) -> Recording:
    return make_recording(make_bearer(make_element(collection)))


def describe(recording: Recording, by: User, *, item: bool) -> Recording:
    with editing(recording, seen_version=1, by=by, door=Door.ADMIN) as held:
        keep_rows(held)
        held.description_zh = "新"
        if item:
            RecordingItem.objects.create(
                recording=held, kind="oral-history", title_zh="不公开的口述"
            )
        else:
            RecordingItem.objects.update(title_zh="改了")
    return Recording.objects.get()


@pytest.mark.parametrize("came", [False, True])
def test_a_file_that_came_meanwhile_stays_with_its_recording(
    recording: Recording, curator: User, came: bool
) -> None:
    if not came:
        RecordingItem.objects.create(
            recording=recording, kind="oral-history", title_zh="口述"
        )
    now = describe(recording, curator, item=came)
    keep_file(RecordingItem.objects.get(), "f.txt", io.BytesIO(b"film"), by=curator)
    if came:
        with pytest.raises(ValidationError):
            undo(now, seen_version=2, by=curator, door=Door.ADMIN)
    else:
        undo(now, seen_version=2, by=curator, door=Door.ADMIN)
        assert RecordingItem.objects.get().title_zh == "口述"
    assert RecordingItem.objects.get().stored_file is not None


def test_rows_are_told_to_who_may_see_them(
    recording: Recording, collection: Collection, curator: User
) -> None:
    now = describe(recording, curator, item=True)
    was: Any = now.history.get(edit_version=1)
    scholar = Person.of(make_user(collection, "scholar"))
    assert find_row_changes(now, was, scholar) == []
    (told,) = find_row_changes(now, was, Person.of(curator))
    assert "不公开的口述" in told.now
    with editing(now, seen_version=2, by=curator, door=Door.ADMIN) as held:
        keep_rows(held)
        RecordingItem.objects.all().delete()
        held.description_zh = "再改"
    now = Recording.objects.get()
    was = now.history.get(edit_version=2)
    assert find_row_changes(now, was, scholar) == []
    (told,) = find_row_changes(now, was, Person.of(curator))
    assert "不公开的口述" in told.was


def test_what_is_led_to_by_now_does_not_go(
    collection: Collection, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    relic = make_relic(collection)
    edit(relic, curator, lambda held: RelicMaterial.objects.create(relic=held, material="gold"))  # fmt: skip

    def held(self: Any, *args: Any, **kwargs: Any) -> None:
        raise ProtectedError("held", set())

    monkeypatch.setattr(RelicMaterial, "delete", held)
    with pytest.raises(ValidationError):
        take_back(relic, curator)


def test_a_helper_brings_back_nothing_that_curators_decide(
    collection: Collection, curator: User, volunteer: User
) -> None:
    recording = make_recording(make_bearer(make_element(collection)))
    item = RecordingItem.objects.create(
        recording=recording, kind="oral-history", is_public=True
    )

    def close(held: Recording) -> None:
        keep_rows(held)
        RecordingItem.objects.filter(pk=item.pk).update(is_public=False)
        held.description_zh = "收回"

    with editing(recording, seen_version=1, by=curator, door=Door.ADMIN) as held:
        close(held)
    now = Recording.objects.get()
    undo(now, seen_version=2, by=volunteer, door=Door.ADMIN)
    assert not RecordingItem.objects.get().is_public
    assert Recording.objects.get().description_zh == ""


def test_the_form_keeps_them_and_the_review_page_tells_and_takes_back(
    collection: Collection, curator: User, stranger: User
) -> None:
    relic = make_relic(collection)
    client = Client(headers={"accept-language": "en"})
    client.force_login(curator)
    form = reverse("admin:catalogue_relic_change", args=[relic.pk])
    typed = form_of(client, relic) | {"materials-0-material": "gold"}
    assert client.post(form, typed).status_code == 302
    assert materials(relic) == {"gold"}
    review = reverse("admin:catalogue_relic_review", args=[relic.pk])
    (change,) = client.get(review).context["changes"]
    told = (change.label, change.was, change.now)
    assert told == ("materials", "copper and bronze", "gold")
    client.post(review, {"act": "undo", "seen_version": "2"})
    assert materials(relic) == {"copper"}
    client.force_login(stranger)
    assert client.get(review).status_code == 302
