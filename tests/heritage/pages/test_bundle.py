"""Offline bundles: what they hold, and what is refused."""

import contextlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from heritage.captures.models import Run
from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Relic
from heritage.exhibits.devices import find_device
from heritage.exhibits.models import Exhibit, Hotspot
from heritage.pages.bundle.key import public_text, signing_key
from heritage.pages.bundle.making import NothingToBundle, make_bundle
from heritage.pages.bundle.verifying import NotABundle, verify_bundle
from tests.heritage.exhibits.conftest import exhibit
from tests.heritage.factories import make_person

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
