"""The same pages in simplified and traditional Chinese and in English."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits.models import ExhibitItem
from heritage.lib.languages import TRADITIONAL
from heritage.pages.views.exhibits import scene_address as room_scene
from tests.heritage.factories import make_exhibit, make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic(collection: Collection) -> Relic:
    made: Relic = make_relic(
        collection,
        name_zh="里耶秦简",
        name_en="",
        description_zh="",
        description_en="Bamboo.",
    )
    release(made, by=None)
    return made


def shown(client: Client, address: str, language: str) -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["zh-TW,zh;q=0.8", "zh-HK", "zh-Hant"])
def test_readers_of_the_traditional_script_get_it(
    client: Client, relic: Relic, language: str
) -> None:
    page = shown(client, f"/relics/{relic.key}", language)
    assert '<html lang="zh-Hant">' in page
    assert "里耶秦簡" in page  # the museum's words
    assert "搜尋" in page or "檢索" in page or "搜索博物館" in page  # ours
    assert "數字博物館" in page
    assert "數字博物馆" not in page


def test_the_language_menu_offers_it(client: Client, relic: Relic) -> None:
    answer = client.post(
        "/i18n/setlang/", {"language": "zh-hant", "next": f"/relics/{relic.key}"}
    )
    page = client.get(answer["Location"]).content.decode()
    assert '<html lang="zh-Hant">' in page
    assert 'value="zh-hant" lang="zh-Hant" aria-pressed="true">繁體中文' in page


def test_the_admin_speaks_it_and_leaves_what_is_edited(
    relic: Relic, admin_client: Client
) -> None:
    page = shown(admin_client, f"/admin/catalogue/relic/{relic.pk}/change/", "zh-TW")
    assert 'value="里耶秦简"' in page
    assert "登記" in page
    assert "登记" not in page


def test_a_scene_is_asked_for_in_a_script(
    client: Client, collection: Collection, relic: Relic
) -> None:
    exhibit = make_exhibit(collection, name_zh="汉代器物")
    ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=1)
    release(exhibit, by=None)
    with override("zh-hant"):
        assert room_scene(exhibit).endswith(f"/scene?script={TRADITIONAL}")
    scene = client.get(f"/api/exhibits/{exhibit.key}/scene?script={TRADITIONAL}")
    assert "漢代器物" in scene.content.decode()
    plain = client.get(f"/api/exhibits/{exhibit.key}/scene").content.decode()
    assert "汉代器物" in plain


def test_a_packed_scene_is_in_the_script_and_hashed_as_it_is_sent(
    client: Client,
    collection: Collection,
    relic: Relic,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exhibit = make_exhibit(collection, name_zh="汉代器物")
    ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=1)
    release(exhibit, by=None)
    address = f"/api/exhibits/{exhibit.key}/scene?script={TRADITIONAL}"
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    text = gzip.decompress(packed.content)
    assert "漢代器物" in text.decode()
    plain = client.get(address)
    assert plain.content == text
    assert packed["ETag"] == f"W/{plain['ETag']}"
    corrections = tmp_path / "words.tsv"
    corrections.write_text("汉代器物\t漢朝器物\n")
    monkeypatch.setattr(settings, "TRADITIONAL_WORDS", str(corrections))
    again = client.get(address, headers={"If-None-Match": plain["ETag"]})
    assert "漢朝器物" in again.content.decode()


def test_what_lacks_a_language_is_shown_in_the_other_and_marked(
    client: Client, relic: Relic, admin_client: Client
) -> None:
    english = shown(client, f"/relics/{relic.key}", "en")
    assert '<h1><span lang="zh-Hans">里耶秦简</span> <small class="in-other"' in english
    assert ">[中文]</small>" in english
    chinese = shown(client, f"/relics/{relic.key}", "zh-CN")
    assert "<h1>里耶秦简</h1>" in chinese
    assert '<div class="prose" lang="en">' in chinese
    assert "[EN]" in chinese
    listed = shown(admin_client, "/admin/catalogue/relic/", "en")
    assert '<span lang="zh-Hans">里耶秦简</span>' in listed
    with override("en"):
        assert str(relic.title) == "里耶秦简"
