"""What a list's rows share is written once a page, and all reads as unfold writes it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from unfold.templatetags import unfold_list

from heritage.catalogue.models import Period
from heritage.lib.admin_cells import write_by_unfold, write_cells
from tests.heritage.factories import make_collection, make_relic

pytestmark = pytest.mark.django_db
RELICS = "/admin/catalogue/relic/"
LISTS = (
    RELICS, f"{RELICS}?q=ROW", f"{RELICS}?o=-3.2", f"{RELICS}?_popup=1", f"{RELICS}?_to_field=id",
    f"{RELICS}?category__exact=jade", "/admin/catalogue/collection/", "/admin/catalogue/term/",
    "/admin/catalogue/period/", "/admin/auth/user/", "/admin/images/imageset/",
)  # fmt: skip


@pytest.fixture
def chief(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("chief"))
    room = make_collection()
    ming = Period.objects.create(slug="ming", name_zh="明<代>", collection=room)
    for number in range(3):
        make_relic(
            room, register_no=f"ROW{number}", name_zh=f"瓶&{number}", name_en="",
            period=(None, ming, ming)[number], category=("jade", "bronze", "no-term")[number],
            state=("draft", "released", "review")[number], is_demo=number == 1,
        )  # fmt: skip
    return client


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_list_reads_as_unfold_writes_it(
    address: str, language: str, chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unfold_list.items_for_result is write_cells
    ours = _page(chief, address, language)
    monkeypatch.setattr(unfold_list, "items_for_result", write_by_unfold)
    assert ours == _page(chief, address, language)


def test_rows_are_of_one_piece_where_cells_are_but_values(chief: Client) -> None:
    shown = chief.get(RELICS).context
    assert {len(row) for row in shown["results"]} == {1}
    assert len(chief.get(f"{RELICS}?_popup=1").context["results"][0]) > 1


def _page(client: Client, address: str, language: str) -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    page = answer.content.decode()
    drawn = r'(csrfmiddlewaretoken" value|nonce)="[^"]*"'
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(drawn, "", page))
