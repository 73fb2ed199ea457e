"""The pages from hand-in to results and doubts, as curator, volunteer and stranger."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import Person, allows, visible
from heritage.exchange.actions import run_load, run_undo
from heritage.exchange.cells import read_row
from heritage.exchange.mapping import own, read_plan
from heritage.exchange.models import Doubt, Load
from heritage.exchange.staging import Staged
from tests.heritage.factories import make_collection, make_user

from .loading import at_once
from .registers import make_register

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def hand_in(client: Client, collection: Collection) -> Load:
    file = SimpleUploadedFile("登记册 2026.csv", make_register(40).csv())
    answer = client.post(
        reverse("admin:exchange_loads"), {"files": file, "collection": collection.pk}
    )
    load = Load.objects.get()
    assert answer.headers["Location"] == reverse("admin:exchange_map", args=[load.key])
    return load


def test_a_curator_goes_from_hand_in_to_settled_doubts(
    collection: Collection, curator: User
) -> None:
    client = signed_in(curator)
    load = hand_in(client, collection)
    page = client.get(reverse("admin:exchange_map", args=[load.key]))
    assert "录入员" in page.content.decode()
    columns = page.context["columns"]
    guessed = {one["heading"]: one["to"] for one in columns}
    assert guessed["名称"] == "name_zh"
    assert guessed["通高(cm)"] == "dimension.height"
    assert guessed["录入员"] == ""
    sent = {f"to-{one['place']}": one["to"] for one in columns} | {
        f"unit-{one['place']}": one["unit"] for one in columns
    }
    answer = client.post(
        reverse("admin:exchange_map", args=[load.key]),
        sent | {"name": "our-register", "source": "our", "identifier": "藏品总登记号"},
    )
    assert answer.headers["Location"] == reverse(
        "admin:exchange_preview", args=[load.key]
    )
    page = client.get(answer.headers["Location"])
    assert "录入员" in page.context["preview"].unmapped
    assert len(page.context["preview"].samples) == 20
    answer = client.post(reverse("admin:exchange_preview", args=[load.key]))
    assert run_load(load.pk, rest=at_once) is not None
    page = client.get(answer.headers["Location"])
    assert {v: n for v, _label, n in page.context["kinds"]}["created"] == 40
    table: Any = client.get(reverse("admin:exchange_download", args=[load.key]))
    lines = b"".join(table.streaming_content)
    assert lines.decode().count("\n") == 41
    page = client.get(reverse("admin:exchange_doubts"))
    variant = (
        Doubt.objects.filter(code="variant").first()
        or Doubt.objects.exclude(proposal={})[0]
    )
    before = Doubt.objects.filter(state="open", **variant.alike).count()
    client.post(
        reverse("admin:exchange_settle"),
        {"doubt": variant.pk, "all": "on", "answer": "accept"},
    )
    assert Doubt.objects.filter(state="accepted").count() == before
    variant.refresh_from_db()
    client.post(reverse("admin:exchange_take_back_answer", args=[variant.together]))
    assert not Doubt.objects.filter(state="accepted").exists()
    client.post(reverse("admin:exchange_take_back", args=[load.key]))
    assert run_undo(load.pk, rest=at_once) is not None
    assert (
        client.get(reverse("admin:exchange_results", args=[load.key])).status_code
        == 200
    )


def test_a_size_is_accepted_and_taken_back(
    collection: Collection, curator: User
) -> None:
    relic = Relic.objects.create(
        collection=collection,
        register_no="1",
        name_zh="鼎",
        category="bronze",
        size_text="高12厘米",
    )
    size = {"kind": "height", "value": 12.0, "unit": "cm", "origin": "card"}
    doubt = Doubt.objects.create(
        relic=relic,
        code="size-in-text",
        field="size_text",
        literal="高12厘米",
        proposal={"dimensions": [size]},
    )
    client = signed_in(curator)
    client.post(
        reverse("admin:exchange_settle"), {"doubt": doubt.pk, "answer": "accept"}
    )
    assert [row.value for row in relic.dimensions.all()] == [12.0]
    doubt.refresh_from_db()
    client.post(reverse("admin:exchange_take_back_answer", args=[doubt.together]))
    assert not relic.dimensions.exists()


def test_one_load_at_a_time_is_settled_and_stays_in_view(
    collection: Collection, curator: User
) -> None:
    loads = [Load.objects.create(collection=collection) for _ in range(2)]
    for number, load in enumerate(loads):
        relic = Relic.objects.create(
            collection=collection, register_no=f"{number}", category="bronze"
        )
        Doubt.objects.create(
            relic=relic, load=load, code="unreadable-date", field="period_text",
            literal="早年",
        )  # fmt: skip
    client, first = signed_in(curator), loads[0]
    settle = reverse("admin:exchange_settle")
    answer = {"all": "on", "answer": "dismiss", "kind": "", "load": first.key}
    doubt = first.doubts.get()
    told = client.post(settle, answer | {"doubt": doubt.pk})
    assert told.headers["Location"].endswith(f"?kind=&load={first.key}")
    assert Doubt.objects.get(state="open").load == loads[1]
    assert client.post(settle, {"doubt": "none"}).status_code == 302


def test_a_volunteer_sees_doubts_and_settles_none(
    collection: Collection, curator: User, volunteer: User
) -> None:
    load = hand_in(signed_in(curator), collection)
    relic = Relic.objects.create(
        collection=collection, register_no="1", name_zh="鼎", category="bronze"
    )
    doubt = Doubt.objects.create(
        relic=relic, code="variant", field="period_text", proposal={"period": "tang"}
    )
    client = signed_in(volunteer)
    assert client.get(reverse("admin:exchange_loads")).status_code == 200
    assert "鼎" in client.get(reverse("admin:exchange_doubts")).content.decode()
    file = SimpleUploadedFile("t.csv", b"a,b\n1,2\n")
    refused = [
        client.post(
            reverse("admin:exchange_loads"),
            {"files": file, "collection": collection.pk},
        ),
        client.get(reverse("admin:exchange_map", args=[load.key])),
        client.get(reverse("admin:exchange_results", args=[load.key])),
        client.get(reverse("admin:exchange_download", args=[load.key])),
        client.post(reverse("admin:exchange_take_back", args=[load.key])),
        client.post(
            reverse("admin:exchange_settle"), {"doubt": doubt.pk, "answer": "accept"}
        ),
    ]
    assert [answer.status_code for answer in refused] == [403] * 6
    doubt.refresh_from_db()
    assert doubt.state == "open"


def test_what_is_never_public_is_doubted_before_curators_only(
    collection: Collection, curator: User, volunteer: User
) -> None:
    relic = Relic.objects.create(
        collection=collection, register_no="1", name_zh="鼎", category="bronze"
    )
    for field, proposal in (
        ("price", {"price": "888.00"}),
        ("store_location", {}),
        ("name_zh", {"name_zh": "尊", "acquired_from": "甲"}),
        ("内部估价", {}),
        ("period_text", {"period": "tang"}),
    ):
        for together in ("", "t1"):
            Doubt.objects.create(
                relic=relic, code="conflict", field=field, literal=f"≈{field}",
                proposal=proposal, together=together,
                state="dismissed" if together else "open",
            )  # fmt: skip
    counts = {}
    for person in (curator, volunteer):
        page = signed_in(person).get(reverse("admin:exchange_doubts"))
        counts[person] = (
            len(page.context["groups"]),
            page.context["kinds"][0][2],
            len(page.context["settled"]),
        )
    assert counts == {curator: (5, 5, 5), volunteer: (1, 1, 1)}
    assert "≈period_text" in page.content.decode()
    assert "888" not in page.content.decode()
    asker = Person.of(volunteer)
    told = {doubt.pk for doubt in Doubt.objects.all() if allows(asker, doubt)}
    assert told == set(visible(Doubt.objects.all(), asker).values_list("pk", flat=True))


def test_a_formula_is_doubted_under_the_field_that_it_fills() -> None:
    column = {"from": ["估价"], "to": "price"}
    plan = read_plan(own() | {"identifier": "n", "columns": [column]})
    row = Staged(1, {"估价": "=A1*888"}, ("估价",))
    assert {"price"} == {flag.field for flag in read_row(plan, row).flags}


def test_a_stranger_sees_nothing(
    collection: Collection, curator: User, stranger: User
) -> None:
    load = hand_in(signed_in(curator), collection)
    other = make_user(make_collection(name_zh="别馆"), "curator")
    addresses = [
        reverse("admin:exchange_loads"), reverse("admin:exchange_doubts"), reverse("admin:exchange_export"),
        reverse("admin:exchange_template"), reverse("admin:exchange_map", args=[load.key]),
        reverse("admin:exchange_preview", args=[load.key]), reverse("admin:exchange_results", args=[load.key]),
        reverse("admin:exchange_download", args=[load.key]),
    ]  # fmt: skip
    assert [signed_in(stranger).get(one).status_code for one in addresses] == [302] * 8
    assert [signed_in(other).get(one).status_code for one in addresses[4:]] == [404] * 4
    page = signed_in(other).get(reverse("admin:exchange_loads")).content.decode()
    assert load.key not in page


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "lido"])
def test_exports_are_handed_out(
    collection: Collection, curator: User, form: str
) -> None:
    Relic.objects.create(
        collection=collection, register_no="1", name_zh="鼎", category="bronze"
    )
    asked: Any = {"collection": collection.pk, "as": form}
    answer: Any = signed_in(curator).get(reverse("admin:exchange_export"), asked)
    body = b"".join(answer.streaming_content)
    assert form == "xlsx" or "鼎" in body.decode()
    assert body


def test_addresses_that_nobody_gave_out_name_nothing(
    collection: Collection, curator: User
) -> None:
    client = signed_in(curator)
    for asked in ("abc", "-1", "9" * 5000):
        export = client.get(reverse("admin:exchange_export"), {"collection": asked})
        assert export.status_code == 404
    load = hand_in(client, collection)
    results = reverse("admin:exchange_results", args=[load.key])
    assert client.get(results, {"from": "9" * 5000}).status_code == 200


def test_every_sentence_can_be_said() -> None:
    from heritage.exchange.words import DOUBTS, ROW_FAULTS, TABLE_FAULTS

    facts = {
        "file": "a",
        "field": "b",
        "length": 2,
        "limit": 1,
        "begin": 2,
        "end": 1,
        "value": 3,
        "reason": "r",
        "row": 1,
        "times": 3,
        "now": 3,
        "seen": 2,
        "fields": "f",
    }
    for language in ("en", "zh-hans"):
        with override(language):
            assert all(
                str(one) % facts
                for one in {**DOUBTS, **ROW_FAULTS, **TABLE_FAULTS}.values()
            )
