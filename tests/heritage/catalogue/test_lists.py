"""Lists of the admin: pages by key and not by counting, counts that say what they know."""

import random
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.archive.admin.deposits import DepositAdmin
from heritage.archive.models import Deposit
from heritage.catalogue.admin import filters
from heritage.catalogue.models import (
    Collection,
    Membership,
    Relic,
    RelicMaterial,
    Term,
    VocabularyEdition,
)
from heritage.catalogue.policy import Person, visible
from heritage.lib import counting, turning
from heritage.lib.keyset import NoPlace, Sorted, keys_of
from tests.heritage.factories import make_collection, make_relic, make_user

pytestmark = pytest.mark.django_db
Role = Membership.Role
LIST = "admin:catalogue_relic_changelist"
OFFSET = re.compile(r"\bOFFSET\b")
BARE_COUNT = re.compile(r'SELECT COUNT\(\*\) AS "__count" FROM "catalogue_relic"')


@pytest.fixture
def collection() -> Collection:
    return make_collection()


@pytest.fixture
def relics(collection: Collection) -> list[Relic]:
    rng = random.Random(1)  # noqa: S311 - repeats
    made = [
        Relic(
            collection=collection, register_no=f"{n:03d}", name_zh=rng.choice("甲乙丙"),
            category=rng.choice(("bronze", "coins")), grade="third",
            begin_year=rng.choice((None, 100, 200)),
        )
        for n in range(130)
    ]  # fmt: skip
    Relic.objects.bulk_create(made)
    RelicMaterial.objects.bulk_create(
        RelicMaterial(relic=relic, material=rng.choice(("copper", "gold")))
        for relic in made
    )
    return made


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("chief"))
    return client


ORDERS = (
    ("-modified_at", "-pk"), ("name_zh", "-pk"), ("-name_zh", "category", "pk"),
    ("begin_year", "pk"), ("-begin_year", "-pk"), ("period", "begin_year", "-pk"),
    ("collection__name_zh", "-begin_year", "pk"), ("-register_no", "key"), ("collection", "-pk"),
)  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_pages_by_key_give_each_row_once_in_order_both_ways(
    order: tuple[str, ...], relics: list[Relic]
) -> None:
    rows = Relic.objects.select_related("collection")
    ordered = Sorted(rows, keys_of(Relic, order))
    wanted = ordered.first(1000)
    assert len(wanted) == len(relics)
    assert _walk(ordered) == wanted
    assert _walk(ordered.turned) == wanted[::-1]
    middle = ordered.place_of(wanted[60])
    assert ordered.before(middle, 7) == wanted[53:60]
    assert ordered.read(ordered.write(middle)) == middle
    assert ordered.place_at(61) == middle


def _walk(ordered: Sorted) -> list[Any]:
    found = ordered.first(9)
    while page := ordered.after(ordered.place_of(found[-1]), 9):
        found += page
    return found


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "[1,2]", '["x","y"]', '["\\u0000",1]', "[" * 2_000,
        '["0001-01-01T00:00:00+14:00","1"]', '["9999-12-31T23:59:59-14:00","1"]',
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_is_no_place_is_refused(text: str, relics: list[Relic]) -> None:
    ordered = Sorted(Relic.objects.all(), keys_of(Relic, ("-modified_at", "-pk")))
    with pytest.raises(NoPlace):
        ordered.read(text)


def test_the_links_of_a_list_lead_through_all_of_it_and_back(
    administrator: Client, relics: list[Relic]
) -> None:
    pages = list(_follow(administrator, "next_url"))
    assert [len(page.result_list) for page in pages] == [50, 50, 30]
    seen = [row.pk for page in pages for row in page.result_list]
    assert seen == list(
        Relic.objects.order_by("-modified_at", "-pk").values_list("pk", flat=True)
    )
    assert [page.page_num for page in pages] == [1, 2, 3]
    last = _list(administrator, pages[0].last_url)
    assert [r.pk for r in last.result_list] == seen[100:]
    assert not last.next_url
    assert last.page_num == 3
    back = _list(administrator, last.previous_url)
    assert [r.pk for r in back.result_list] == seen[50:100]
    first = _list(administrator, back.previous_url)
    assert [r.pk for r in first.result_list] == seen[:50]
    assert not first.previous_url
    jumped = _list(administrator, "?p=2")
    assert [r.pk for r in jumped.result_list] == seen[50:100]
    assert [r.pk for r in _list(administrator, "?p=99").result_list] == seen[100:]


def test_each_row_has_a_box_and_words_of_its_own_in_both_languages(
    administrator: Client, relics: list[Relic]
) -> None:
    address = reverse(LIST)
    for language, box, state in (("zh-hans", "选择记录", "草稿"), ("en", "Select record", "draft")):  # fmt: skip
        answer = administrator.get(
            address, {"o": "2"}, headers={"Accept-Language": language}
        )
        page = answer.content.decode()
        shown = answer.context["cl"].result_list
        ids = re.findall(r'name="_selected_action" value="(\d+)"', page)
        assert ids == [str(relic.pk) for relic in shown]
        assert page.count(f'aria-label="{box}"') >= len(shown)
        assert len(re.findall(rf">\s*{state}\s*<", page)) >= len(shown)
        assert "?o=-2" in page  # the heading that turns the order round


def test_a_new_term_is_shown_in_lists_at_once(
    administrator: Client, relics: list[Relic]
) -> None:
    administrator.get(reverse(LIST))
    Term.objects.filter(vocabulary="category", slug="bronze").update(label_hans="吉金")
    VocabularyEdition.objects.filter(vocabulary="category").update(
        revision=F("revision") + 1
    )
    assert "吉金</td>" in administrator.get(reverse(LIST)).content.decode()


def test_no_page_is_counted_off_and_no_table_counted(
    administrator: Client, relics: list[Relic]
) -> None:
    for query in ("", "?p=2", "?last=1", "?category__exact=coins&o=1", "?o=-2&p=2"):
        with CaptureQueriesContext(connection) as asked:
            _list(administrator, query)
        told = [one["sql"] for one in asked.captured_queries]
        assert not [sql for sql in told if OFFSET.search(sql)]
        assert not [sql for sql in told if BARE_COUNT.search(sql)]


def test_a_filter_by_material_names_each_relic_once(
    administrator: Client, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    RelicMaterial.objects.create(relic=relics[0], material="silk")
    wanted = set(Relic.objects.filter(materials__material="gold"))
    query = "?materials__material__exact=gold"
    rare = _list(administrator, query)
    assert rare.result_count == len(wanted)
    monkeypatch.setattr(counting, "EXACT", 20)
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (20,))
    common = [
        row
        for page in _follow(administrator, "next_url", query)
        for row in page.result_list
    ]
    assert len(common) == len(set(common)) == len(wanted)
    assert set(common) == wanted


def test_many_rows_are_counted_about_and_jumped_to_about(
    administrator: Client, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "EXACT", 20)
    monkeypatch.setattr(turning, "EXACT", 20)
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (20,))
    page = administrator.get(f"{reverse(LIST)}?p=2", headers={"accept-language": "en"})
    assert "about 130" in page.content.decode()
    assert "about 3" in page.content.decode()
    order = list(Relic.objects.order_by("-modified_at", "-pk"))
    at = order.index(page.context["cl"].result_list[0])
    assert abs(at - 50) < 10  # every row is in the sample here
    for query in ("?o=1", "?o=-1&category__exact=coins", "?last=1"):
        found = [
            r for p in _follow(administrator, "next_url", query) for r in p.result_list
        ]
        assert len(found) == len(set(found))


def test_a_curator_walks_what_the_policy_shows_and_no_more(
    client: Client, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (20,))
    other = make_collection(name_zh="玉器馆")
    hidden, shown = make_relic(other), make_relic(other, state="released")
    client.force_login(make_user(relics[0].collection, Role.CURATOR))
    for query in ("", "?o=2"):
        pages = list(_follow(client, "next_url", query))
        found = {row.pk for page in pages for row in page.result_list}
        assert found == {*(relic.pk for relic in relics), shown.pk}
        assert hidden.pk not in found
    mine = {
        r.pk
        for p in _follow(client, "next_url", "?state__exact=draft")
        for r in p.result_list
    }
    assert mine == {relic.pk for relic in relics}
    public = _list(client, "?state__exact=released")
    assert [row.pk for row in public.result_list] == [shown.pk]


@pytest.mark.parametrize(
    "query", ["?after=x", "?before=%5B1%5D&p=3", "?after=%00&p=-1"]
)
def test_an_address_that_is_none_leads_to_the_list(
    query: str, administrator: Client, relics: list[Relic]
) -> None:
    answer = administrator.get(reverse(LIST) + query, follow=True)
    assert answer.status_code == 200
    assert answer.context["cl"].page_num == 1


def test_a_place_whose_rows_are_gone_leads_to_the_end(
    administrator: Client, relics: list[Relic]
) -> None:
    second = _list(administrator, _list(administrator, "").next_url)
    third = second.next_url
    newest = Relic.objects.order_by("-modified_at", "-pk")[:90]
    Relic.objects.exclude(pk__in=[row.pk for row in newest]).delete()
    end = _list(administrator, third)
    assert [row.pk for row in end.result_list] == [row.pk for row in newest[50:]]


def test_the_sidebar_names_collections_of_ones_own_and_never_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MOST_NAMED", 3)
    mine = make_collection(name_zh="最后的馆")
    more = [make_collection(name_zh=f"末{n}馆") for n in range(3)]
    others = [make_collection(name_zh=f"第{n}馆") for n in range(6)]
    make_relic(others[5], state="released")
    curator = make_user(mine, Role.CURATOR)
    client.force_login(curator)
    named = _collections(_list(client, ""))
    assert str(mine.pk) in named
    assert len(named) <= 3
    seen = Person(curates=frozenset({mine.pk}))
    for pk in named:
        assert visible(Collection.objects.filter(pk=pk), seen).exists()
    for one in more:
        Membership.objects.create(user=curator, collection=one, role=Role.CURATOR)
    own = {str(one.pk) for one in (mine, *more)}
    assert set(_collections(_list(client, ""))) == own
    client.force_login(User.objects.create_superuser("chief"))
    assert len(_collections(_list(client, ""))) == 3
    chosen = _list(client, f"?collection__id__exact={others[5].pk}")
    assert str(others[5].pk) in _collections(chosen)
    assert chosen.result_count == 1
    for told in ("x", "9" * 5000):
        assert _list(client, f"?collection__id__exact={told}").result_count == 0


def test_a_list_sorted_by_what_is_computed_has_pages(administrator: Client) -> None:
    Deposit.objects.bulk_create(Deposit(kind="photos") for _ in range(120))
    columns = list(DepositAdmin.list_display)
    order = f"?o={columns.index('file_count') + 1}"
    page = administrator.get(reverse("admin:archive_deposit_changelist") + order)
    assert page.context["cl"].turned is None
    links = re.findall(r'href="(\?[^"]*\bp=2\b[^"]*)"', unescape(page.content.decode()))
    assert links
    second = administrator.get(page.request["PATH_INFO"] + links[0]).context["cl"]
    first = {row.pk for row in page.context["cl"].result_list}
    assert len(second.result_list) > 0
    assert not first & {row.pk for row in second.result_list}


def test_the_list_of_collections_leads_to_their_relics(
    administrator: Client, collection: Collection
) -> None:
    page = administrator.get(reverse("admin:catalogue_collection_changelist"))
    address = f"{reverse(LIST)}?collection__id__exact={collection.pk}"
    assert address in unescape(page.content.decode())


def _collections(shown: Any) -> list[str]:
    spec = next(
        one for one in shown.filter_specs if isinstance(one, filters.CollectionFilter)
    )
    return [str(value) for value, _label in spec.lookup_choices]


def _list(client: Client, query: str) -> Any:
    answer = client.get(reverse(LIST) + query)
    assert answer.status_code == 200
    return answer.context["cl"]


def _follow(client: Client, name: str, query: str = "") -> Iterator[Any]:
    page = _list(client, query)
    yield page
    while address := getattr(page, name):
        page = _list(client, address)
        yield page
