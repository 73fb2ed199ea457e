"""Offline bundles: what they hold, and what is refused."""

import base64
import contextlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from fontTools.ttLib import TTFont
from PIL import Image as Picture

from heritage.captures.models import Run
from heritage.catalogue.actions.release import release, return_to_draft, withdraw
from heritage.catalogue.models import Relic
from heritage.exhibits.actions.keep_narration import keep_narration
from heritage.exhibits.devices import find_device
from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom, Hotspot
from heritage.images.models import ImageSet
from heritage.pages.bundle import fonts
from heritage.pages.bundle.key import public_text, signing_key
from heritage.pages.bundle.making import NothingToBundle, make_bundle
from heritage.pages.bundle.sounds import sound_file
from heritage.pages.bundle.verifying import NotABundle, verify_bundle
from tests.heritage.exhibits import sounds
from tests.heritage.exhibits.conftest import exhibit
from tests.heritage.exhibits.made import make_run
from tests.heritage.exhibits.test_narrations import SPOKEN, make_narration
from tests.heritage.factories import make_person, make_relic
from tests.heritage.images.made import gradient, place_image

__all__ = ["exhibit"]

NOW = datetime(2026, 11, 21, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def key(tmp_path: Path, settings: Any) -> str:
    settings.BUNDLE_KEY = tmp_path / "keys" / "bundle.key"
    return public_text(signing_key())


def bundle_of(exhibit: Exhibit, folder: Path) -> Path:
    path = folder / "bundle.zip"
    with path.open("wb") as file:
        make_bundle(exhibit, find_device("quest-3"), file, now=NOW)
    return path


def check(path: Path, key: str, today: date = TODAY) -> dict[str, Any]:
    return verify_bundle(path, key=key, today=today)


def test_a_bundle_holds_all_that_its_scene_names(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    path = bundle_of(exhibit, tmp_path)
    told = check(path, key)
    assert told["device"] == "quest-3"
    with zipfile.ZipFile(path) as bundle:
        names = set(bundle.namelist())
        scene = json.loads(bundle.read("scene.json"))
        page = bundle.read("index.html").decode()
        english = bundle.read("index.en.html").decode()
    for thing in scene["objects"]:
        if thing["model"]:
            assert thing["model"]["url"] in names
            assert thing["picture"] in names
            assert thing["alternatives"] == []
    assert "static/pages/room.js" in names
    assert "static/three/addons/libs/basis/basis_transcoder.wasm" in names
    assert 'lang="zh-Hans"' in page
    assert 'lang="en"' in english
    # Nothing is fetched from anywhere else.
    for text in (page, english):
        assert 'src="http' not in text
        assert 'href="http' not in text


def test_the_same_exhibit_gives_the_same_bytes(exhibit: Exhibit) -> None:
    made = []
    for _ in range(2):
        out = io.BytesIO()
        make_bundle(exhibit, find_device("phone"), out, now=NOW)
        made.append(out.getvalue())
    assert made[0] == made[1]


def test_it_ends_with_the_earliest_consent_in_it(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    relic = exhibit.items.exclude(relic=None)[0].relic
    assert relic is not None
    type(relic).objects.filter(pk=relic.pk).update(withdraw_on=date(2027, 3, 1))
    path = bundle_of(exhibit, tmp_path)
    assert check(path, key, date(2027, 2, 28))["expires_on"] == "2027-03-01"
    with pytest.raises(NotABundle, match="2027-03-01"):
        check(path, key, date(2027, 3, 1))


def test_it_ends_with_what_its_facts_name(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    relic = exhibit.items.exclude(relic=None)[0].relic
    assert relic is not None
    maker = make_person(
        relic.collection, state="released", withdraw_on=date(2027, 1, 1)
    )
    Relic.objects.filter(pk=relic.pk).update(maker=maker)
    Hotspot.objects.create(
        relic=relic, master=Run.objects.get(capture__relic=relic), is_shown=True,
        title_zh="款", fact="maker", x_m=0, y_m=0, z_m=0, normal_x=0, normal_y=0,
        normal_z=1,
    )  # fmt: skip
    assert check(bundle_of(exhibit, tmp_path), key)["expires_on"] == "2027-01-01"
    # What is withdrawn already is not in it, and does not end it.
    type(maker).objects.filter(pk=maker.pk).update(state="withdrawn")
    Relic.objects.filter(pk=relic.pk).update(
        state="withdrawn", withdraw_on=date(2026, 1, 1)
    )
    assert check(bundle_of(exhibit, tmp_path), key)["expires_on"] is None


def test_damaged_bytes_are_told(exhibit: Exhibit, tmp_path: Path, key: str) -> None:
    path = bundle_of(exhibit, tmp_path)
    content = bytearray(path.read_bytes())
    for place in range(60, len(content), len(content) // 8):
        damaged = content.copy()
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with contextlib.suppress(NotABundle):
            check(path, key)


def test_each_bundle_is_kept_under_a_name_of_its_own(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    workers = []
    for text in ("一", "二"):
        Exhibit.objects.filter(pk=exhibit.pk).update(description_zh=text)
        exhibit.refresh_from_db()
        with zipfile.ZipFile(bundle_of(exhibit, tmp_path)) as bundle:
            workers.append(bundle.read("worker.js"))
    assert workers[0] != workers[1]
    assert b"BUNDLE_NAME" not in workers[0]


def rewritten(path: Path, change: Any) -> Path:
    """The bundle again, with each member passed through `change(name, bytes)`."""
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            kept = change(name, old.read(name))
            if kept is not None:
                new.writestr(name, kept)
    return other


@pytest.mark.parametrize(
    "change",
    [
        lambda name, text: text + b" " if name == "scene.json" else text,
        lambda name, text: text[:-1] if name.endswith(".glb") else text,
        lambda name, text: None if name == "LICENCES.txt" else text,
        lambda name, text: (
            text.replace(b"quest-3", b"phone") if name == "manifest.json" else text
        ),
        lambda name, text: b"x" * 64 if name == "manifest.sig" else text,
        lambda name, text: None if name == "manifest.sig" else text,
    ],
)
def test_whatever_was_changed_is_found(
    change: Any, exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    path = bundle_of(exhibit, tmp_path)
    with pytest.raises(NotABundle):
        check(rewritten(path, change), key)


def test_what_is_added_is_found(exhibit: Exhibit, tmp_path: Path, key: str) -> None:
    path = bundle_of(exhibit, tmp_path)
    with zipfile.ZipFile(path, "a") as bundle:
        bundle.writestr("extra.js", "alert(1)")
    with pytest.raises(NotABundle):
        check(path, key)


def test_another_museums_key_does_not_do(exhibit: Exhibit, tmp_path: Path) -> None:
    path = bundle_of(exhibit, tmp_path)
    for other in ("00" * 32, "no key"):
        with pytest.raises(NotABundle):
            check(path, other)


def test_no_bundle_at_all(tmp_path: Path, key: str) -> None:
    path = tmp_path / "x.zip"
    for content in (b"", b"PK", b"x" * 1000):
        path.write_bytes(content)
        with pytest.raises(NotABundle):
            check(path, key)


def test_only_what_is_public_is_bundled(exhibit: Exhibit, tmp_path: Path) -> None:
    relic = exhibit.items.exclude(relic=None)[0].relic
    assert relic is not None
    withdraw(relic, by=None)
    with zipfile.ZipFile(bundle_of(exhibit, tmp_path)) as bundle:
        whole = b"".join(bundle.read(name) for name in bundle.namelist())
    assert relic.name_zh.encode() not in whole
    withdraw(exhibit, by=None)
    with pytest.raises(NothingToBundle):
        bundle_of(exhibit, tmp_path)


def test_the_commands(exhibit: Exhibit, tmp_path: Path, key: str) -> None:
    path, said = tmp_path / "b.zip", io.StringIO()
    call_command("bundle", exhibit.key, str(path), stdout=said)
    assert key in said.getvalue()
    call_command("verify_bundle", str(path), stdout=said)
    assert "sound" in said.getvalue()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CommandError):
        call_command("verify_bundle", str(path))
    with pytest.raises(CommandError):
        call_command("bundle", "nothing000", str(tmp_path / "n.zip"))
    assert not (tmp_path / "n.zip").exists()


def test_the_command_names_what_is_damaged_or_missing(
    exhibit: Exhibit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = str(tmp_path / "n.zip")
    with monkeypatch.context() as without:
        without.setattr("heritage.lib.text_drawing.FONT_FILE", tmp_path / "no.ttf")
        fonts._cut_down.cache_clear()
        with pytest.raises(CommandError, match=r"no\.ttf"):
            call_command("bundle", exhibit.key, out)
    relic = exhibit.items.all()[0].relic
    assert relic is not None
    around = place_image(relic, gradient(128, 64))
    ExhibitRoom.objects.create(exhibit=exhibit, name_zh="厅", backdrop=around)
    around.stored_file.absolute_path().write_bytes(b"damaged")
    with pytest.raises(CommandError, match=around.key):
        call_command("bundle", exhibit.key, out)
    assert not Path(out).exists()


def test_each_room_is_a_scene_of_the_bundle(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    rooms = [
        ExhibitRoom.objects.create(exhibit=exhibit, number=n, name_zh=f"第{n}厅")
        for n in (1, 2)
    ]
    exhibit.items.filter(number=2).update(room=rooms[1])
    path = bundle_of(exhibit, tmp_path)
    check(path, key)
    shown = []
    with zipfile.ZipFile(path) as bundle:
        assert "serve.py" in bundle.namelist()
        assert "第2厅" in bundle.read("index.html").decode()
        for room in rooms:
            scene = json.loads(bundle.read(f"scene-{room.key}.json"))
            assert [one["scene"] for one in scene["rooms"]] == [
                f"scene-{one.key}.json" for one in rooms
            ]
            shown += [thing["number"] for thing in scene["objects"]]
            for thing in scene["objects"]:
                if thing["model"]:
                    assert thing["model"]["url"] in bundle.namelist()
    assert shown == [1, 3, 2]


def test_bundles_hear_of_withdrawals_and_of_nothing_that_was_never_public(
    exhibit: Exhibit, client: Client, curator: User, volunteer: User
) -> None:
    address = reverse("exhibit-revocations", args=[exhibit.key])
    gone, _other = (item.relic for item in exhibit.items.filter(relic__isnull=False))
    draft = make_relic(exhibit.collection)
    ExhibitItem.objects.create(exhibit=exhibit, relic=draft, number=9)
    assert client.get(address).json()["withdrawn"] == []
    assert gone is not None
    withdraw(gone, by=None)
    for person in (None, curator, volunteer):
        if person:
            client.force_login(person)
        answer = client.get(address)
        assert answer["Access-Control-Allow-Origin"] == "*"
        told = answer.json()["withdrawn"]
        assert [one.rpartition("/")[2] for one in told] == [gone.key]
    return_to_draft(gone, by=None)
    told = client.get(address).json()
    assert [one.rpartition("/")[2] for one in told["withdrawn"]] == [gone.key]
    assert len(told["public"]) == 2
    release(gone, by=None)
    told = client.get(address).json()
    assert told["withdrawn"] == []
    assert len(told["public"]) == 3
    withdraw(exhibit, by=None)
    client.logout()
    assert client.get(address).status_code == 410


def revoked(exhibit: Exhibit) -> dict[str, Any]:
    """The museum's answer to a bundle, held to its signature."""
    address = reverse("exhibit-revocations", args=[exhibit.key])
    told: dict[str, Any] = Client().get(address).json()
    lines = [told["exhibit"], told["as_of"], "withdrawn", *told["withdrawn"],
             "public", *told["public"]]  # fmt: skip
    signature = base64.b64decode(told["signature"])
    signing_key().public_key().verify(signature, "\n".join(lines).encode())
    return told


def test_what_left_the_exhibit_before_a_device_asked_is_told(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    gone, deleted, still = exhibit.items.all()
    assert gone.relic is not None
    assert deleted.relic is not None
    names = [f"relic/{gone.relic.key}", f"relic/{deleted.relic.key}"]
    bundle_of(exhibit, tmp_path)
    held = exhibit.issued_bundles.get()
    assert set(names) < set(held.things)
    withdraw(gone.relic, by=None)
    for item in (gone, deleted):
        item.delete()
    Relic.objects.filter(pk=deleted.relic.pk).update(state="draft")
    told = revoked(exhibit)
    paths = [path for path in told["withdrawn"] if "://" not in path]
    assert [one.partition("/id/")[2] for one in told["withdrawn"] if "://" in one] == (
        sorted(names)
    )
    with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
        assert set(paths) <= set(bundle.namelist())
    assert {path.partition("/")[0] for path in paths} == {"models", "pictures"}
    # What was only taken out, and is public, may go on being shown.
    still.delete()
    assert revoked(exhibit)["withdrawn"] == told["withdrawn"]


def test_a_better_model_takes_none_from_bundles(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    bundle_of(exhibit, tmp_path)
    Run.objects.update(is_accepted=False)
    withdrawn = revoked(exhibit)["withdrawn"]
    assert any(path.startswith("models/") for path in withdrawn)
    for item in exhibit.items.exclude(relic=None):
        assert item.relic is not None
        make_run(item.relic)
    assert revoked(exhibit)["withdrawn"] == []


def test_it_holds_what_is_said_and_hears_when_that_is_taken_back(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    item = exhibit.items.all()[0]
    row = make_narration(exhibit, item=item, credit="Read by Li")
    path = bundle_of(exhibit, tmp_path)
    told = check(path, key)
    with zipfile.ZipFile(path) as bundle:
        scene = json.loads(bundle.read("scene.json"))
        licences = bundle.read("LICENCES.txt").decode()
        (thing,) = (one for one in scene["objects"] if one["narrations"])
        address = thing["narrations"]["en"]["url"]
        assert bundle.read(address) == SPOKEN
    assert told["files"][address]["sha512"] == row.sound.sha512
    assert "Read by Li" in licences
    assert address in revoked(exhibit)["public"]
    row.delete()
    assert address in revoked(exhibit)["withdrawn"]


def test_a_sound_that_was_replaced_is_no_longer_public(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    row = make_narration(exhibit)
    bundle_of(exhibit, tmp_path)
    keep_narration(row, "b.wav", io.BytesIO(sounds.wav(0.5)), by=None)
    bundle_of(exhibit, tmp_path)
    told = revoked(exhibit)
    first, second = (
        next(path for path in told[one] if path.startswith("sounds/"))
        for one in ("withdrawn", "public")
    )
    assert second == sound_file(row) != first
    type(row.sound).objects.filter(pk=row.sound.pk).update(retired_at=NOW)
    assert {first, second} <= set(revoked(exhibit)["withdrawn"])


def test_it_holds_panoramas_and_pictures_of_hotspots(
    exhibit: Exhibit, tmp_path: Path, key: str
) -> None:
    relic = exhibit.items.all()[0].relic
    assert relic is not None
    around = place_image(relic, gradient(128, 64))
    detail = place_image(relic, gradient(64, 64))
    hidden = place_image(relic, gradient(32, 64), tier="staff")
    ExhibitRoom.objects.create(exhibit=exhibit, name_zh="厅", backdrop=around)
    for image in (detail, hidden):
        Hotspot.objects.create(
            relic=relic, master=Run.objects.get(capture__relic=relic), is_shown=True,
            title_zh="款", image=image, x_m=0, y_m=0, z_m=0, normal_x=0, normal_y=0,
            normal_z=1,
        )  # fmt: skip
    path = bundle_of(exhibit, tmp_path)
    check(path, key)
    room = exhibit.rooms.get()
    with zipfile.ZipFile(path) as bundle:
        scene = json.loads(bundle.read(f"scene-{room.key}.json"))
        (thing,) = (one for one in scene["objects"] if one["hotspots"])
        pictures = [spot["picture"] for spot in thing["hotspots"]]
        shapes = [
            Picture.open(io.BytesIO(bundle.read(name))).size
            for name in (scene["rooms"][0]["backdrop"], pictures[0])
        ]
    assert shapes == [(128, 64), (64, 64)]
    assert pictures[1] == ""
    ImageSet.objects.filter(pk=around.image_set_id).update(tier="staff")
    withdrawn = revoked(exhibit)["withdrawn"]
    assert withdrawn == [scene["rooms"][0]["backdrop"]]


def test_a_picture_larger_than_may_be_had_now_is_withdrawn(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    relic = exhibit.items.all()[0].relic
    assert relic is not None
    around = place_image(relic, gradient(1200, 600))
    ExhibitRoom.objects.create(exhibit=exhibit, name_zh="厅", backdrop=around)
    tiers = ImageSet.objects.filter(pk=around.image_set_id)
    bundle_of(exhibit, tmp_path)
    tiers.update(tier="screen")
    assert revoked(exhibit)["withdrawn"] == []
    tiers.update(tier="small")
    bundle_of(exhibit, tmp_path)
    told = revoked(exhibit)
    (large,) = told["withdrawn"]
    assert large.endswith("-1200.jpg")
    (small,) = (path for path in told["public"] if path.startswith("images/"))
    assert small.endswith("-600.jpg")
    tiers.update(tier="full")
    assert revoked(exhibit)["withdrawn"] == []


def test_it_holds_the_characters_that_it_writes(
    exhibit: Exhibit, tmp_path: Path
) -> None:
    Exhibit.objects.filter(pk=exhibit.pk).update(description_zh="曾侯乙编钟")
    exhibit.refresh_from_db()
    with zipfile.ZipFile(bundle_of(exhibit, tmp_path)) as bundle:
        font = TTFont(io.BytesIO(bundle.read("static/pages/bundle.woff")))
        assert 'url("bundle.woff")' in bundle.read("static/pages/fonts.css").decode()
        page = bundle.read("index.html").decode()
    letters = {ord(c) for c in "曾侯乙编钟Enter"}
    assert letters <= set(font.getBestCmap())
    assert ord("龘") not in font.getBestCmap()
    assert "static/pages/fonts.css" in page
