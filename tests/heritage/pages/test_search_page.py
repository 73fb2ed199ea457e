"""The search page: for whom it finds what, in both languages, and without a hit."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions import withdraw
from heritage.catalogue.models import Collection, Relic, RelicMaterial
from tests.heritage.factories import make_place, make_relic, make_site
from tests.heritage.search.desk import keep_up

pytestmark = pytest.mark.django_db
STRANGE = [
    "after=-5", "after=999999", "q=%00", "q=%ED%A0%80", "place=place:%00", "from=-999999",
    "collection=collection:99999999999999999999999", "kind=kind:nothing", "place=",
    f"q={'龙' * 5000}", "q=%F0%9F%8F%BA", "period=period:nowhere", "has=has:nothing",
    f"q={'a%20' * 500}", "q=%22%27%5C%2B%2D%28%29%2A",
]  # fmt: skip
ENGLISH = {"headers": {"Accept-Language": "en"}}


@pytest.fixture
def vase(collection: Collection) -> Relic:
    return make_relic(
        collection, name_zh="青花梅瓶", name_en="Meiping with Lotus", period_text="明永乐",
        description_zh="景德镇窑所烧，釉下青花。", description_en="A <b>blue</b> and white vase.",
        category="porcelain", state=Relic.State.RELEASED,
    )  # fmt: skip


@pytest.fixture
def draft(collection: Collection) -> Relic:
    return make_relic(collection, name_zh="青花残片", name_en="Sherd, blue and white")


def page(client: Client, query: str = "", *, english: bool = False) -> str:
    language = {"headers": {"Accept-Language": "en"}} if english else {}
    response = client.get(f"/search?{query}", **language)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


class TestPeople:
    def test_a_stranger_finds_what_is_public(
        self, client: Client, vase: Relic, draft: Relic, stranger: User
    ) -> None:
        keep_up()
        for user in (None, stranger):
            if user is not None:
                client.force_login(user)
            text = page(client, "q=青花")
            assert f"/relics/{vase.key}" in text
            assert draft.key not in text

    def test_a_curator_and_a_volunteer_find_drafts_too(
        self, client: Client, vase: Relic, draft: Relic, curator: User, volunteer: User
    ) -> None:
        keep_up()
        for user in (curator, volunteer):
            client.force_login(user)
            text = page(client, "q=青花")
            assert f"/relics/{vase.key}" in text
            assert f"/relics/{draft.key}" in text

    def test_what_is_withdrawn_is_gone_at_once(
        self, client: Client, vase: Relic, curator: User
    ) -> None:
        keep_up()
        withdraw(vase, by=curator)
        assert vase.key not in page(client, "q=青花")


def test_both_languages(client: Client, vase: Relic) -> None:
    keep_up()
    chinese = page(client, "q=青花")
    assert "<mark>青花</mark>梅瓶" in chinese
    english = page(client, "q=lotus", english=True)
    assert "Meiping with <mark>Lotus</mark>" in english
    assert "A &lt;b&gt;blue&lt;/b&gt; and white vase." in english


def test_narrowing_down(client: Client, vase: Relic, collection: Collection) -> None:
    bowl = make_relic(
        collection, name_zh="青花碗", state=Relic.State.RELEASED,
        made_at=make_place(collection, state=Relic.State.RELEASED), period_text="清康熙",
    )  # fmt: skip
    RelicMaterial.objects.create(relic=bowl, material="porcelain")
    keep_up()
    assert bowl.key in page(client, "q=青花")
    narrowed = page(client, "q=青花&material=material:porcelain")
    assert bowl.key in narrowed
    assert vase.key not in narrowed
    assert 'value="material:porcelain" checked' in narrowed
    assert vase.key not in page(client, "q=青花&from=1600&to=1700")
    assert bowl.key in page(client, "from=1600&to=1700")
    nonsense = "q=青花&from=ab&after=x&material=&kind=kind:nothing&place=place:nowhere"
    assert bowl.key not in page(client, nonsense)


def test_a_place_leads_to_what_was_made_there(
    client: Client, collection: Collection
) -> None:
    place = make_place(collection, name_zh="佛山", state=Relic.State.RELEASED)
    pot = make_relic(collection, name_zh="石湾陶塑", made_at=place, state="released")
    keep_up()
    assert f"?place=place%3A{place.key}" in page(client, "q=佛山")
    assert pot.key in page(client, f"place=place:{place.key}")


def test_nobody_narrows_down_to_a_place_that_is_a_draft(
    client: Client, collection: Collection, curator: User
) -> None:
    place = make_place(collection, name_zh="石峁")
    pot = make_relic(collection, made_at=place, state=Relic.State.RELEASED)
    keep_up()
    asked = f"place=place:{place.key}"
    assert pot.key not in page(client, asked)
    assert pot.key not in page(client, f"collection=collection:{collection.pk}")
    client.force_login(curator)
    assert pot.key in page(client, asked)
    assert pot.key in page(client, f"collection=collection:{collection.pk}")


def test_nothing_found_gives_ways_out(client: Client, vase: Relic) -> None:
    keep_up()
    text = page(client, "q=青花 zzzzz&material=material:gold", english=True)
    assert "Nothing found" in text
    assert "everywhere (1)" in text
    assert "Nothing has all of these words" in page(
        client, "q=青花 zzzzz", english=True
    )
    assert vase.key in page(client, "q=青花 zzzzz")


def test_whatever_is_typed_gets_a_page(client: Client, vase: Relic) -> None:
    keep_up()
    for query in STRANGE:
        assert "</html>" in page(client, query), query


def test_further_results(client: Client, collection: Collection) -> None:
    sites = [
        make_site(collection, name_zh=f"窑址{n}", state="released") for n in range(30)
    ]
    keep_up()
    first = page(client, "q=窑址")
    assert "after=24" in first
    second = page(client, "q=窑址&after=24")
    found = {s.key for s in sites if s.key in first} | {
        s.key for s in sites if s.key in second
    }
    assert len(found) == 30


def test_before_there_is_an_index(client: Client) -> None:
    response = client.get("/search?q=鼎", **ENGLISH)  # type: ignore[arg-type]
    assert response.status_code == 503
    assert "being made" in response.content.decode()
