"""Files made on demand from a model's master: what is made, shown, and by whom."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.captures.actions import (
    cancel_run,
    confirm_upright,
    decide_run,
    make_again,
    make_further,
    start_run,
)
from heritage.captures.engine_order import engine_arguments
from heritage.captures.errors import NothingToMake, NotPermitted, UnknownProduct
from heritage.captures.messages import run_error_sentence
from heritage.captures.models import Capture, DeliveryProfile, Derivative, Run
from heritage.captures.products import CHANGED, MISSING, READY, products_of
from heritage.captures.published import published_models
from heritage.catalogue.actions import release
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.policy import STRANGER, Person, allows, visible
from heritage.exhibits.shown import shown_for
from heritage.linked_data import graphs
from tests.heritage.captures.standin import PAINTING
from tests.heritage.captures.test_run import TURNED

Work = Callable[..., Run]


@pytest.fixture
def model(run: Run, work: Work, curator: User) -> Run:
    """The relic's model, accepted and released."""
    decide_run(work(run), verdict="accepted", by=curator)
    release(run.capture.relic, by=None)
    return run


def page(name: str, run: Run) -> str:
    return reverse(f"admin:captures_capture_{name}", args=[run.capture_id, run.key])


def files_of(run: Run) -> set[tuple[str, str]]:
    return set(run.derivatives.values_list("role", "profile"))


def test_files_for_phones_are_added_and_stand_for_the_relic(
    model: Run, work: Work, curator: User
) -> None:
    assert products_of(model)["phone"].state == MISSING
    added = work(make_further(model, ["phone"], by=curator))
    assert added.state == Run.State.SUCCEEDED
    made = {("model", "phone"), ("model", "phone-usdz"), ("report", "report")}
    assert files_of(added) == made
    assert products_of(model)["phone"].state == READY
    assert published_models(model.capture.relic).filter(profile="phone").exists()
    shown = shown_for([model.capture.relic], STRANGER)[model.capture.relic_id]
    assert shown.run == model
    assert {"thumb", "headset", "web", "phone"} <= set(shown.models)
    model.refresh_from_db()
    assert model.is_accepted
    assert not added.is_accepted


def test_an_addition_says_from_what_and_how_it_was_made(
    model: Run, work: Work, volunteer: User
) -> None:
    added = work(make_further(model, ["phone", "print"], by=volunteer))
    assert (added.adds_to, added.master_of, added.asked_by) == (model, model, volunteer)
    assert added.parameters["profiles"]["phone"]["triangles"] == 50_000
    assert added.parameters["also"] == ["print"]
    phone = added.derivatives.get(profile="phone")
    assert phone.profile_digest == products_of(model)["phone"].files[0].profile_digest
    assert len(phone.profile_digest) == 64


def test_more_pictures_are_added_in_both_formats(
    model: Run, work: Work, volunteer: User
) -> None:
    added = work(make_further(model, ["sides"], by=volunteer))
    assert {("picture", "top"), ("picture", "turntable-webp")} <= files_of(added)
    assert not added.derivatives.filter(role="model").exists()
    assert products_of(model)["sides"].state == READY


def test_what_is_there_is_not_made_again(model: Run, curator: User) -> None:
    with pytest.raises(NothingToMake):
        make_further(model, ["web", "headset"], by=curator)
    make_further(model, ["phone"], by=curator)
    with pytest.raises(NothingToMake):
        make_further(model, ["phone"], by=curator)
    with pytest.raises(UnknownProduct):
        make_further(model, ["no-such"], by=curator)


def test_a_changed_profile_makes_only_its_own_files_again(
    model: Run, work: Work, curator: User
) -> None:
    DeliveryProfile.objects.create(
        name="web", base="web", changes={"triangles": 120_000}
    )
    states = {name: one.state for name, one in products_of(model).items()}
    assert (states["web"], states["headset"]) == (CHANGED, READY)
    added = work(make_again(model, by=curator))
    assert files_of(added) == {("model", "web"), ("report", "report")}
    assert added.parameters["profiles"]["web"]["triangles"] == 120_000
    assert products_of(model)["web"].state == READY
    shown = shown_for([model.capture.relic], STRANGER)[model.capture.relic_id]
    assert shown.models["web"].run == added


def test_a_profile_of_the_museums_own_is_made_for_every_model_if_it_says_so(
    filled: Capture, run: Run, work: Work
) -> None:
    DeliveryProfile.objects.create(
        name="kiosk", base="web", changes={"triangles": 400_000}
    )
    work(run)
    made = set(run.derivatives.filter(role="model").values_list("profile", flat=True))
    assert made == {"thumb", "headset", "web", "kiosk"}


def test_printing_and_study_go_out_by_the_captures_tier(
    model: Run, work: Work, curator: User
) -> None:
    added = work(make_further(model, ["print", "study", "master"], by=curator))
    capture = model.capture
    seen = {}
    for tier in Capture.Tier.values:
        capture.tier = tier
        capture.save()
        rows = visible(Derivative.objects.filter(run=added), STRANGER)
        seen[tier] = set(rows.values_list("profile", flat=True))
    assert seen["screen"] == set()
    assert seen["print"] == {"print-stl", "print-3mf"}
    assert seen["full"] == seen["print"] | {"study-ply", "master"}
    master = model.derivatives.get(role="master")
    assert not allows(STRANGER, master)


def test_a_profile_of_millions_of_triangles_is_kept_as_the_master_is(
    model: Run, work: Work, curator: User, volunteer: User
) -> None:
    huge = {"triangles": 5_000_000}
    DeliveryProfile.objects.create(name="huge", base="desktop", changes=huge)
    added = work(make_further(model, ["huge"], by=volunteer))
    assert added.state == Run.State.SUCCEEDED
    row = added.derivatives.get(profile="huge")
    assert row.role == Derivative.Role.STUDY
    people = [Person.of(curator), Person.of(volunteer), STRANGER]
    assert [allows(person, row) for person in people] == [True, True, False]
    assert not published_models(model.capture.relic).filter(profile="huge").exists()
    Capture.objects.filter(pk=model.capture_id).update(tier="full")
    row = Derivative.objects.get(pk=row.pk)
    assert [allows(person, row) for person in people] == [True, True, True]


def test_what_a_master_is_painted_with_travels_with_it(
    filled: Capture, work: Work, curator: User, tmp_path: Path
) -> None:
    model = work(start_run(filled, by=curator, parameters={"painted": "1"}))
    decide_run(model, verdict="accepted", by=curator)
    release(filled.relic, by=None)
    rows = model.derivatives.filter(profile__startswith="master-")
    assert [row.role for row in rows] == [Derivative.Role.REPORT] * 3
    assert not any(allows(STRANGER, row) for row in rows)
    addition = make_further(model, ["phone"], by=curator)
    words = engine_arguments(addition, tmp_path)
    beside = {path.name: path.read_text() for path in Path(words[1]).parent.iterdir()}
    assert set(beside) == {"master.ply", *PAINTING}
    assert all(
        text.startswith(name) for name, text in beside.items() if name in PAINTING
    )
    assert work(addition).state == Run.State.SUCCEEDED


def test_a_painting_that_is_gone_fails_the_run_by_name(
    filled: Capture, work: Work, curator: User
) -> None:
    model = work(start_run(filled, by=curator, parameters={"painted": "1"}))
    place = model.derivatives.get(profile="master-picture-1").stored_file.place()
    assert isinstance(place, Path)
    place.unlink()
    added = work(make_further(model, ["phone"], by=curator))
    assert (added.state, added.error_code) == (Run.State.FAILED, "file-missing")
    assert added.error_facts == {"file": "master-picture-1.png"}


def test_more_thin_places_are_counted_than_are_listed(
    client: Client, model: Run, work: Work, volunteer: User
) -> None:
    added = work(make_further(model, ["print"], by=volunteer))
    added.report["print"] = {
        "wall_mm": 1.0, "thinnest_mm": 0.31, "thin_count": 73, "thin_places": [{}] * 50,
        "hole_count": 64, "holes": [{}] * 50,
    }  # fmt: skip
    added.save()
    client.force_login(volunteer)
    address = reverse("admin:captures_capture_work", args=[model.capture_id])
    shown = client.get(address, headers={"accept-language": "en"}).content.decode()
    assert "73 places are thinner than 1 mm, the thinnest 0.31 mm." in shown
    assert "64 holes were closed" in shown


@pytest.mark.parametrize(
    ("who", "tier"), [("curator", "full"), ("volunteer", "screen")]
)
def test_only_curators_open_more_to_the_public(
    client: Client, capture: Capture, who: str, tier: str,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client.force_login(request.getfixturevalue(who))
    page = reverse("admin:captures_capture_change", args=[capture.pk])
    values = {"relic": capture.relic_id, "captured_on": "2026-01-02", "unit": "m",
              "technique": "structured-light", "tier": "full",
              "seen": capture.modified_at.isoformat()}  # fmt: skip
    assert client.post(page, values).status_code == 302
    capture.refresh_from_db()
    assert (capture.tier, capture.unit) == (tier, "m")


def test_files_of_a_model_that_no_longer_shows_the_relic_are_hidden(
    model: Run, work: Work, curator: User
) -> None:
    added = work(make_further(model, ["phone"], by=curator))
    delivery = confirm_upright(model, matrix=TURNED, by=curator)
    assert delivery is not None
    work(delivery)
    assert not visible(Derivative.objects.filter(run=added), STRANGER).exists()
    assert products_of(delivery)["phone"].state == MISSING


REFUSALS: dict[str, dict[str, str | int]] = {
    "over-budget": {"profile": "phone", "triangles": 60_000, "bytes": 5_000_000, "attempts": 4,
                    "triangle_limit": 50_000, "byte_limit": 4_000_000},
    "untrue-file": {"file": "phone.glb", "what": "the colour map", "figure": "9.1 dB", "limit": "22 dB"},
    "inside-out": {"percent": 97},
    "invalid-twin": {"file": "phone.usdz", "faults": 1, "first": "colour.jpg is missing"},
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refused_file_publishes_nothing_and_says_why(
    code: str, model: Run, work: Work, curator: User, client: Client, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    refusal = tmp_path / "refusal.json"
    refusal.write_text(json.dumps({"code": code, "facts": REFUSALS[code]}))
    monkeypatch.setenv("STANDIN_REFUSAL", str(refusal))
    before = set(Derivative.objects.values_list("key", flat=True))
    added = work(make_further(model, ["phone"], by=curator))
    assert (added.state, added.error_code) == (Run.State.FAILED, code)
    assert added.outputs is None
    assert set(Derivative.objects.values_list("key", flat=True)) == before
    assert products_of(model)["phone"].failed == added
    figure = next(str(fact) for fact in REFUSALS[code].values() if fact != "phone")
    assert figure in run_error_sentence(added)
    client.force_login(curator)
    address = reverse("admin:captures_capture_work", args=[model.capture_id])
    shown = client.get(address).content.decode()
    assert figure in shown
    assert 'class="run bad"' in shown


def test_an_engine_that_leaves_a_file_out_fails_the_run(
    model: Run, work: Work, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANDIN_FORGETS", "phone.usdz")
    added = work(make_further(model, ["phone"], by=curator))
    assert (added.state, added.error_code) == (Run.State.FAILED, "results-missing")
    assert not added.derivatives.exists()


def test_making_is_followed_and_stopped(
    client: Client, model: Run, curator: User
) -> None:
    client.force_login(curator)
    work_page = reverse("admin:captures_capture_work", args=[model.capture_id])
    answer = client.post(page("further", model), {"products": "phone"}, follow=True)
    assert answer.redirect_chain[0][0] == work_page
    added = Run.objects.get(type="add")
    shown = answer.content.decode()
    assert page("cancel", added) in shown
    assert "hx-trigger" in shown
    client.post(page("cancel", added))
    added.refresh_from_db()
    assert added.state == Run.State.CANCELLED


@pytest.mark.parametrize(
    ("who", "status", "made"),
    [("curator", 302, 1), ("volunteer", 302, 1), ("stranger", 404, 0)],
)
def test_who_may_have_files_made(
    client: Client, model: Run, who: str, status: int, made: int,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    person = request.getfixturevalue(who)
    person.is_staff = True
    person.save()
    client.force_login(person)
    answer = client.post(page("further", model), {"products": "print"})
    assert answer.status_code == status
    assert Run.objects.filter(type="add").count() == made


def test_the_action_itself_asks_who(model: Run, stranger: User) -> None:
    with pytest.raises(NotPermitted):
        make_further(model, ["phone"], by=stranger)
    added = make_further(model, ["phone"], by=None)
    cancel_run(added, by=None)


def test_the_page_tells_in_one_line_what_the_model_is_ready_for(
    client: Client, model: Run, work: Work, volunteer: User
) -> None:
    client.force_login(volunteer)
    work(make_further(model, ["print"], by=volunteer))
    address = reverse("admin:captures_capture_work", args=[model.capture_id])
    shown = client.get(address).context["runs"]
    ready = next(one.ready for one in shown if one.ready)
    assert [one.is_ready for one in ready.purposes] == [True, True, False, True, False]
    run_page = reverse("admin:captures_run_change", args=[model.pk])
    assert ready.ready_for in client.get(run_page).content.decode()


def test_the_graph_tells_of_what_was_added_as_far_as_it_is_public(
    model: Run, work: Work, curator: User
) -> None:
    added = work(make_further(model, ["phone", "print"], by=curator))
    name = GraphName("capture", model.capture.key)
    said = "\n".join(map(str, graphs.build(name).triples))
    keys = {row.profile: row.key for row in added.derivatives.all()}
    assert keys["phone"] in said
    assert f"/run/{added.key}" in said
    assert keys["print-stl"] not in said
    Capture.objects.filter(pk=model.capture_id).update(tier="print")
    said = "\n".join(map(str, graphs.build(name).triples))
    assert keys["print-stl"] in said
