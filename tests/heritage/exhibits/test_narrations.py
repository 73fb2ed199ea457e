"""What is said aloud: who hears it, where it is told, and that it stays what it was."""

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit
from heritage.archive.records import build_document
from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.admin.review import open_proposals
from heritage.catalogue.mentions import Mentions
from heritage.exhibits.actions.keep_narration import NOTE_PREFIX, keep_narration
from heritage.exhibits.due import adopt_narrations
from heritage.exhibits.errors import NotASound, NotPermitted, TooLongASound
from heritage.exhibits.graph import build_exhibit
from heritage.exhibits.models import Exhibit, ExhibitItem, Narration, TourStop
from heritage.exhibits.narrations import sound_path
from knowledge_graph.namespaces import CRM, Ids
from tests.heritage.catalogue.test_review import hidden
from tests.heritage.exhibits import sounds
from tests.heritage.exhibits.test_arrange import as_user
from tests.heritage.exhibits.test_scene_api import check_schema

SPOKEN = sounds.wav(0.25)


def make_narration(exhibit: Exhibit, **values: Any) -> Narration:
    """A narration with its sound in the archive."""
    told = {"language": "en", "transcript": "Three feet."} | values
    row: Narration = Narration.objects.create(exhibit=exhibit, **told)
    keep_narration(row, f"{row.key}.wav", io.BytesIO(SPOKEN), by=None)
    return row


def scene(exhibit: Exhibit) -> dict[str, Any]:
    answer = Client().get(f"/api/exhibits/{exhibit.key}/scene?device=web")
    body: dict[str, Any] = answer.json()
    check_schema(body, "Scene")
    return body


def test_a_scene_tells_what_is_said_of_all_things_and_stops(exhibit: Exhibit) -> None:
    item = exhibit.items.all()[0]
    stop = TourStop.objects.create(exhibit=exhibit, item=item, text_en="Look")
    make_narration(exhibit, transcript="Welcome")
    of_item = make_narration(exhibit, item=item, credit="Read by Li", rights="CC BY")
    make_narration(exhibit, item=item, language="zh-Hans", transcript="三足。")
    make_narration(exhibit, stop=stop, transcript="Now look")
    told = scene(exhibit)
    assert told["narrations"]["en"]["transcript"] == "Welcome"
    (here,) = (thing for thing in told["objects"] if thing["key"] == item.key)
    assert {tag: one["transcript"] for tag, one in here["narrations"].items()} == {
        "en": "Three feet.", "zh-Hans": "三足。",
    }  # fmt: skip
    sound = here["narrations"]["en"]
    assert (sound["credit"], sound["rights"]) == ("Read by Li", "CC BY")
    assert (sound["duration_s"], sound["media_type"]) == (0.25, "audio/wav")
    assert sound["sha512"] == of_item.sound.sha512
    assert told["tour"][0]["narrations"]["en"]["transcript"] == "Now look"
    answer = Client().get(sound["url"].removeprefix("http://testserver"))
    assert b"".join(answer) == SPOKEN
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    part = Client().get(sound["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, b"".join(part)) == (206, b"RIFF")


def test_who_hears_it_in_which_state(
    exhibit: Exhibit, curator: User, volunteer: User, stranger: User
) -> None:
    item = exhibit.items.filter(relic__isnull=False)[0]
    row = make_narration(exhibit, item=item)
    address = sound_path(row)
    people = (None, stranger, volunteer, curator)

    def heard() -> list[int]:
        return [
            (as_user(one) if one else Client()).get(address).status_code
            for one in people
        ]

    assert heard() == [200, 200, 200, 200]
    assert (
        Client().get(address.replace(row.sound.sha512[:16], "0" * 16)).status_code
        == 404
    )
    # The thing it is of goes: so does what is said of it, at once.
    assert item.relic is not None
    withdraw(item.relic, by=None)
    assert heard() == [404, 404, 200, 200]
    assert all(not thing["narrations"] for thing in scene(exhibit)["objects"])
    type(item.relic).objects.filter(pk=item.relic.pk).update(state="released")
    Exhibit.objects.filter(pk=exhibit.pk).update(state="draft")
    assert heard() == [404, 404, 200, 200]
    Exhibit.objects.filter(pk=exhibit.pk).update(state="withdrawn")
    assert heard() == [410, 410, 200, 200]


def test_what_may_lapse_or_is_put_away_is_kept_by_nobody(exhibit: Exhibit) -> None:
    row = make_narration(exhibit)
    Exhibit.objects.filter(pk=exhibit.pk).update(withdraw_on=date(2099, 1, 1))
    answer = Client().get(sound_path(row))
    assert answer["Cache-Control"] == "private, no-store"
    file = row.sound
    type(file).objects.filter(pk=file.pk).update(retired_at=timezone.now())
    assert Client().get(sound_path(row)).status_code == 404
    assert scene(exhibit)["narrations"] == {}


def test_the_original_is_kept_as_it_came_and_with_the_record(exhibit: Exhibit) -> None:
    row = make_narration(exhibit)
    assert row.sound.place().read_bytes() == SPOKEN
    assert row.sound.deposit.kind == Deposit.Kind.ORIGINAL
    told = json.loads(build_document("exhibit", exhibit.key))
    assert "exhibits.narration" in {one["model"] for one in told["rows"]}
    assert row.sound.sha512 in {one["sha512"] for one in told["files"]}
    # Another takes its place; the first stays in the archive.
    first = row.sound
    keep_narration(row, "b.wav", io.BytesIO(sounds.wav(1)), by=None)
    row.refresh_from_db()
    assert (row.sound.pk != first.pk, row.duration_s) == (True, 1.0)
    assert first.place().read_bytes() == SPOKEN


def test_what_is_no_sound_is_refused_and_nothing_kept(
    exhibit: Exhibit, stranger: User, volunteer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Narration.objects.create(exhibit=exhibit, transcript="…")
    before = Deposit.objects.count()
    with pytest.raises(NotASound, match=r"音频|sound"):
        keep_narration(row, "a.mp3", io.BytesIO(b"<html>"), by=None)
    for person in (stranger, volunteer):  # a released exhibit speaks by its curators
        with pytest.raises(NotPermitted):
            keep_narration(row, "a.wav", io.BytesIO(SPOKEN), by=person)
    monkeypatch.setattr("heritage.exhibits.actions.keep_narration.LARGEST_BYTES", 100)
    with pytest.raises(TooLongASound):
        keep_narration(row, "a.wav", io.BytesIO(SPOKEN), by=None)
    assert Deposit.objects.count() == before


def test_one_a_language_and_of_one_thing(exhibit: Exhibit) -> None:
    item = exhibit.items.all()[0]
    stop = TourStop.objects.create(exhibit=exhibit, item=item)
    for of in ({}, {"item": item}, {"stop": stop}):
        make_narration(exhibit, **of)
        again = Narration(exhibit=exhibit, language="en", transcript="x", **of)
        with pytest.raises(ValidationError):
            again.full_clean()
    both = Narration(exhibit=exhibit, item=item, stop=stop, transcript="x")
    with pytest.raises(ValidationError):
        both.full_clean()
    silent = Narration(exhibit=exhibit, item=item, language="zh-Hans")
    with pytest.raises(ValidationError, match="transcript"):
        silent.full_clean()


def test_a_sound_whose_process_was_killed_finds_its_narration(exhibit: Exhibit) -> None:
    row = Narration.objects.create(exhibit=exhibit, transcript="…")
    deposit = deposit_files(
        [("a.wav", io.BytesIO(SPOKEN))], by=None, note=f"{NOTE_PREFIX}{row.key}"
    )
    assert adopt_narrations() == 0  # somebody may still be about to name it
    Deposit.objects.filter(pk=deposit.pk).update(
        sealed_at=timezone.now() - timedelta(hours=2)
    )
    assert (adopt_narrations(), adopt_narrations()) == (1, 0)
    row.refresh_from_db()
    assert (row.sound.deposit, row.duration_s) == (deposit, 0.25)


def test_the_graph_knows_what_is_said_of_public_things(exhibit: Exhibit) -> None:
    ids = Ids("http://testserver")
    item = exhibit.items.filter(relic__isnull=False)[0]
    assert item.relic is not None
    make_narration(exhibit, item=item, transcript="Three feet and two ears")

    def said() -> set[str]:
        says = Mentions(ids)
        triples = list(build_exhibit(exhibit, says))
        assert ("relic", item.relic.key) in says.names
        found = {s for s, p, _o in triples if p == CRM.P72_has_language}
        return {
            str(o)
            for s, p, o in triples
            if s in found and p == CRM.P190_has_symbolic_content
        }

    assert "Three feet and two ears" in said()
    withdraw(item.relic, by=None)
    assert "Three feet and two ears" not in said()


def narration_form(exhibit: Exhibit, client: Client, **row: Any) -> dict[str, Any]:
    """The exhibit's form as its page has it, with one narration more."""
    page = client.get(reverse("admin:exhibits_exhibit_change", args=[exhibit.pk]))
    sent: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for name, field in form.fields.items():
            value = form.get_initial_for_field(field, name)
            sent[form.add_prefix(name)] = "" if value is None else value
    sent |= {f"narrations-0-{name}": value for name, value in row.items()}
    return sent | {"narrations-TOTAL_FORMS": 1}


def test_a_curator_hands_one_in_on_the_exhibits_page(
    exhibit: Exhibit, curator: User
) -> None:
    client = as_user(curator)
    address = reverse("admin:exhibits_exhibit_change", args=[exhibit.pk])
    row = {"language": "en", "transcript": "Three feet."}
    for more in ({}, {"upload": SimpleUploadedFile("a.mp3", b"<html>")}):
        answer = client.post(address, narration_form(exhibit, client, **row, **more))
        assert answer.status_code == 200
        assert not Narration.objects.exists()
    upload = SimpleUploadedFile("a.wav", SPOKEN)
    sent = narration_form(exhibit, client, **row, upload=upload)
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    made = Narration.objects.get()
    assert made.sound.place().read_bytes() == SPOKEN
    assert f'src="{sound_path(made)}"' in client.get(address).content.decode()


def test_a_helper_proposes_one_without_its_sound(
    exhibit: Exhibit, volunteer: User
) -> None:
    client = as_user(volunteer)
    row = {"language": "en", "transcript": "Three feet."}
    upload = SimpleUploadedFile("a.wav", SPOKEN)
    sent = narration_form(exhibit, client, **row, upload=upload)
    address = reverse("admin:exhibits_exhibit_change", args=[exhibit.pk])
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    (proposal,) = open_proposals(exhibit)
    assert proposal.typed["narrations-0-transcript"] == ["Three feet."]
    assert not Narration.objects.exists()


def test_a_curator_accepts_a_proposed_one_then_hands_in_its_sound(
    exhibit: Exhibit, curator: User, volunteer: User
) -> None:
    helper, deciding = as_user(volunteer), as_user(curator)
    address = reverse("admin:exhibits_exhibit_change", args=[exhibit.pk])
    row = {"language": "en", "transcript": "Three feet."}
    helper.post(address, narration_form(exhibit, helper, **row))
    (proposal,) = open_proposals(exhibit)
    shown = deciding.get(
        reverse("admin:exhibits_exhibit_proposal", args=[exhibit.pk, proposal.key])
    )
    data = {f"choice-{one.number}": "mine" for one in shown.context["choices"]}
    taken = deciding.post(address, hidden(shown) | data | {"_accept": "1"})
    assert taken.status_code == 302, taken.context["errors"]
    made = Narration.objects.get()
    assert (made.transcript, made.stored_file) == ("Three feet.", None)
    assert scene(exhibit)["narrations"] == {}
    proposal.refresh_from_db()
    assert proposal.state == "accepted"
    keep_narration(made, "a.wav", io.BytesIO(SPOKEN), by=curator)
    assert scene(exhibit)["narrations"]["en"]["transcript"] == "Three feet."


def test_one_whose_sound_has_not_come_lets_the_page_be_saved(
    exhibit: Exhibit, curator: User
) -> None:
    silent = Narration.objects.create(exhibit=exhibit, language="en", transcript="…")
    client = as_user(curator)
    sent = narration_form(exhibit, client, id=silent.pk, transcript="Three feet.")
    address = reverse("admin:exhibits_exhibit_change", args=[exhibit.pk])
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.context["errors"]
    silent.refresh_from_db()
    assert (silent.transcript, silent.stored_file) == ("Three feet.", None)


def test_of_another_exhibit_nothing_is_offered(exhibit: Exhibit, curator: User) -> None:
    other = Exhibit.objects.create(collection=exhibit.collection, name_zh="另")
    item = exhibit.items.all()[0]
    ExhibitItem.objects.create(exhibit=other, relic=item.relic)
    page = as_user(curator).get(
        reverse("admin:exhibits_exhibit_change", args=[other.pk])
    )
    (inline,) = (
        one
        for one in page.context["inline_admin_formsets"]
        if one.opts.model is Narration
    )
    offered = inline.formset.empty_form.fields["item"].queryset
    assert set(offered) == set(other.items.all())
