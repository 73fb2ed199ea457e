"""What opens a record to the public is decided by its collection's curators alone."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from heritage.archive.models import StoredFile
from heritage.catalogue.actions import follow_status
from heritage.catalogue.actions.recordings import keep_file
from heritage.catalogue.admin import recordings
from heritage.catalogue.admin.inlines import PolicyInline
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import (
    Bearer,
    Collection,
    Membership,
    Record,
    Recording,
    RecordingItem,
    Transmission,
)
from heritage.catalogue.policy import policy_of
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
    make_user,
)

from .test_admin import form_of
from .test_living_admin import added, address

DAY = "2099-05-06"


def site_of(collection: Collection) -> Record:
    return make_site(collection, state="released", latitude=23.1, longitude=113.2)


def bearer_of(collection: Collection) -> Bearer:
    return make_bearer(make_element(collection), status="living")


def recording_of(collection: Collection) -> Recording:
    return make_recording(bearer_of(collection), element=make_element(collection))


def find_of(collection: Collection) -> Record:
    return make_relic(collection, find_batch=make_find_batch(make_site(collection)))


FIELDS = [
    (site_of, "shown_as", "exact"),
    (site_of, "withdraw_on", DAY),
    (recording_of, "bearer", ""),
    (bearer_of, "status", "deceased"),
    (make_relic, "release_on", DAY),
    (find_of, "find_batch", ""),
]


def said(record: Record, field: str) -> str:
    record.refresh_from_db()
    value = getattr(record, field)
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "pk", value) or "")


@pytest.mark.parametrize(("make", "field", "value"), FIELDS)
@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_only_a_curator_decides(
    client: Client,
    collection: Collection,
    who: str,
    make: Any,
    field: str,
    value: str,
    curator: User,
    request: pytest.FixtureRequest,
) -> None:
    record = make(collection)
    before = said(record, field)
    client.force_login(curator)
    data = form_of(client, record)
    assert field in data
    client.force_login(request.getfixturevalue(who))
    client.post(address(record), data | {field: value, "name_zh": "改名"})
    assert said(record, field) == (value if who == "curator" else before)
    # Of what the public sees, a volunteer's text is a proposal.
    writes = who == "curator" or (who == "volunteer" and not record.is_released)
    assert (record.name_zh == "改名") == writes


def test_a_new_record_of_a_volunteer_waits_for_a_curator(
    client: Client, collection: Collection, volunteer: User
) -> None:
    client.force_login(volunteer)
    form = client.get(reverse("admin:catalogue_relic_add")).context["adminform"].form
    assert not {"release_on", "withdraw_on"} & set(form.fields)


def test_who_curates_elsewhere_opens_nothing_here(
    client: Client, collection: Collection, volunteer: User
) -> None:
    """The form for a new record cannot know its collection; saving does."""
    own = make_collection()
    Membership.objects.create(user=volunteer, collection=own, role="curator")
    client.force_login(volunteer)
    page = reverse("admin:catalogue_period_add")
    data: dict[str, Any] = {"name_zh": "新", "slug": "new", "release_on": DAY}
    data |= {"begin_year": 1, "end_year": 2}
    data |= {"identifiers-TOTAL_FORMS": 0, "identifiers-INITIAL_FORMS": 0}
    assert client.post(page, data | {"collection": collection.pk}).status_code == 403
    assert client.post(page, data | {"collection": own.pk}).status_code == 302


def test_no_record_leaves_its_collection_by_a_volunteers_hand(
    client: Client, collection: Collection, volunteer: User
) -> None:
    own = make_collection()
    Membership.objects.create(user=volunteer, collection=own, role="curator")
    relic = make_relic(collection)
    client.force_login(volunteer)
    client.post(address(relic), form_of(client, relic) | {"collection": own.pk})
    relic.refresh_from_db()
    assert relic.collection == collection


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_only_a_curator_opens_an_item_of_a_recording(
    client: Client,
    collection: Collection,
    curator: User,
    who: str,
    request: pytest.FixtureRequest,
) -> None:
    recording = recording_of(collection)
    item = RecordingItem.objects.create(
        recording=recording, kind="practice", title_zh="片"
    )
    client.force_login(curator)
    data = form_of(client, recording)
    data["items-0-is_public"] = ""
    client.force_login(request.getfixturevalue(who))
    new = {"kind": "summary", "title_zh": "二", "id": "", "recording": recording.pk}
    row = added(data, "items", **new, is_public="on")
    client.post(address(recording), row | {"items-0-is_public": "on"})
    item.refresh_from_db()
    assert item.is_public == (who == "curator")
    opened = RecordingItem.objects.filter(title_zh="二", is_public=True)
    assert opened.exists() == (who == "curator")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["curator", "volunteer"])
def test_only_a_curator_replaces_what_the_public_is_given(
    client: Client, collection: Collection, who: str, request: pytest.FixtureRequest
) -> None:
    recording = recording_of(collection)
    item = RecordingItem.objects.create(
        recording=recording, kind="practice", title_zh="片", is_public=True
    )
    client.force_login(request.getfixturevalue(who))
    upload = SimpleUploadedFile("a.mp4", b"frames")
    data = form_of(client, recording) | {"items-0-upload": upload}
    answer = client.post(address(recording), data, follow=True)
    item.refresh_from_db()
    told = [message.level_tag for message in answer.context["messages"]]
    assert (item.stored_file is not None) == (who == "curator")
    assert ("error" in told) == (who == "volunteer")
    assert StoredFile.objects.count() == (who == "curator")


@pytest.mark.django_db(transaction=True)
def test_no_file_is_taken_in_while_the_form_locks_the_database(
    client: Client,
    collection: Collection,
    volunteer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recording = recording_of(collection)
    RecordingItem.objects.create(recording=recording, kind="practice", title_zh="片")
    seen = []
    keep = keep_file

    def watch(*args: Any, **kwargs: Any) -> None:
        seen.append(connection.in_atomic_block)
        keep(*args, **kwargs)

    monkeypatch.setattr(recordings, "keep_file", watch)
    client.force_login(volunteer)
    upload = SimpleUploadedFile("a.mp4", b"frames")
    data = form_of(client, recording) | {"items-0-upload": upload}
    assert client.post(address(recording), data).status_code == 302
    assert seen == [False]
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("who", ["volunteer", "stranger"])
def test_only_a_curator_says_that_consents_run_out_no_more(
    collection: Collection, curator: User, who: str, request: pytest.FixtureRequest
) -> None:
    bearer = bearer_of(collection)
    bearer.status = Bearer.Status.DECEASED
    with pytest.raises(NotPermitted):
        follow_status(bearer, by=request.getfixturevalue(who))
    bearer.save()
    follow_status(bearer, by=curator)


def test_what_was_shown_once_is_not_told_by_the_past(
    client: Client, collection: Collection, curator: User, volunteer: User
) -> None:
    site = make_site(collection, shown_as="exact", latitude=23.456, longitude=113.2)
    site.latitude = 24.567
    site.save()
    site.shown_as = "hidden"
    site.save()
    oldest = site.history.earliest()
    past = reverse("admin:catalogue_site_simple_history", args=[site.pk, oldest.pk])
    for user, sees in ((curator, True), (volunteer, False)):
        client.force_login(user)
        for page in (address(site, "history"), past):
            assert ("23.456" in client.get(page).content.decode()) == sees


def test_the_past_is_not_brought_back(
    client: Client, collection: Collection, curator: User, volunteer: User
) -> None:
    """It holds the state and the consents of then."""
    relic = make_relic(collection, state="released")
    relic.state = "withdrawn"
    relic.save()
    oldest = relic.history.earliest()
    past = reverse("admin:catalogue_relic_simple_history", args=[relic.pk, oldest.pk])
    for user in (curator, volunteer):
        client.force_login(user)
        data = form_of(client, relic)
        assert client.post(past, data).status_code == 403
    relic.refresh_from_db()
    assert relic.state == "withdrawn"


@pytest.fixture
def colleague(db: None) -> User:
    """Somebody who works in another collection."""
    return make_user(make_collection(), "curator")


def test_inlines_show_what_their_reader_may_see(
    client: Client, collection: Collection, colleague: User, curator: User
) -> None:
    element = make_element(collection, state="released")
    bearer = make_bearer(element, state="released")
    hidden = make_bearer(element, make_person(collection), name_zh="草稿徒")
    shown = make_bearer(
        element, make_person(collection), name_zh="公开徒", state="released"
    )
    for pupil in (hidden, shown):
        Transmission.objects.create(master=bearer, apprentice=pupil, dissent="另有异说")
    make_recording(bearer, name_zh="草稿记录")
    recording = make_recording(bearer, name_zh="公开记录", state="released")
    for title, is_public in (("公开片", True), ("内部片", False)):
        RecordingItem.objects.create(
            recording=recording, kind="practice", title_zh=title, carrier="七号盒",
            is_public=is_public,
        )  # fmt: skip
    inside = {
        bearer: ({"公开徒", "公开记录"}, {"草稿徒", "草稿记录", "另有异说"}),
        recording: ({"公开片"}, {"内部片", "七号盒"}),
    }
    for record, (public, private) in inside.items():
        for user, sees in ((curator, public | private), (colleague, public)):
            client.force_login(user)
            text = client.get(address(record)).content.decode()
            assert {word for word in public | private if word in text} == sees


def test_who_disagreed_is_kept_by_a_save_of_who_may_not_read_it(
    client: Client, collection: Collection, curator: User
) -> None:
    element = make_element(collection, state="released")
    bearer, pupil = (
        make_bearer(element, make_person(of), collection=of, state="released")
        for of in (collection, make_collection())
    )
    link = Transmission.objects.create(
        master=bearer, apprentice=pupil, dissent="inside-talk"
    )
    client.force_login(curator)
    assert "inside-talk" not in client.get(address(bearer)).content.decode()
    data = form_of(client, bearer)
    data |= {"taught-0-dissent": "forged", "taught-0-source": "a book"}
    assert client.post(address(bearer), data).status_code == 302
    link.refresh_from_db()
    assert (link.dissent, link.source) == ("inside-talk", "a book")


def test_a_list_tells_a_colleague_no_more_than_a_page(
    client: Client, collection: Collection, colleague: User, volunteer: User
) -> None:
    village = make_place(collection, name_zh="秘村", state="released")
    make_site(collection, place=village, state="released")
    for user, sees in ((volunteer, True), (colleague, False)):
        client.force_login(user)
        listed = client.get(reverse("admin:catalogue_site_changelist"))
        assert listed.context["cl"].result_count == 1
        assert ("秘村" in listed.content.decode()) == sees


def test_a_batch_counts_its_finds_and_lists_none(
    client: Client, collection: Collection, colleague: User, curator: User
) -> None:
    batch = make_find_batch(make_site(collection, state="released"), state="released")
    make_relic(collection, find_batch=batch, register_no="秘-1")
    make_relic(collection, find_batch=batch, state="released")
    listed = f"/relic/?find_batch__id__exact={batch.pk}"
    for user, count in ((curator, "2 finds"), (colleague, "1 find<")):
        client.force_login(user)
        text = client.get(
            address(batch), headers={"Accept-Language": "en"}
        ).content.decode()
        assert count in text
        assert listed in text
        assert "秘-1" not in text
    page = client.get(f"{reverse('admin:catalogue_relic_changelist')}?{listed[8:]}")
    assert page.context["cl"].result_count == 1


def test_a_draft_sites_parts_and_batches_are_not_for_colleagues(
    client: Client, collection: Collection, colleague: User, curator: User
) -> None:
    site = make_site(collection, state="released")
    make_site(collection, part_of=site, name_zh="秘密部分")
    make_find_batch(site, name_zh="秘密批次")
    for user, sees in ((curator, True), (colleague, False)):
        client.force_login(user)
        text = client.get(address(site)).content.decode()
        assert ("秘密部分" in text, "秘密批次" in text) == (sees, sees)


def test_every_inline_has_a_policy() -> None:
    """Without one it would show no row to anybody."""
    inlines = [
        inline
        for site in admin.site._registry.values()
        for inline in site.inlines
        if issubclass(inline, PolicyInline)
    ]
    assert inlines
    assert not [one for one in inlines if not policy_of(one.model).is_declared]
