"""Loans, assets and source types; techniques, motifs and sources of a relic."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rdflib import RDF

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import StoredFile
from heritage.catalogue.graph import SOURCES
from heritage.catalogue.mentions import Mentions
from heritage.catalogue.models import (
    AgentRole,
    Citation,
    Collection,
    MotifTag,
    RelicTechnique,
)
from heritage.catalogue.policy import Person, allows, visible
from heritage.custody.models import Asset, AssetUse, Loan
from heritage.custody.source_types import source_of
from knowledge_graph.namespaces import CRM, Ids
from tests.heritage.factories import make_person, make_relic

pytestmark = pytest.mark.django_db


def stored(kind: str) -> StoredFile:
    deposit = deposit_files([("a.jpg", io.BytesIO(kind.encode()))], kind=kind, by=None)
    return deposit.files.get()


def loan(collection: Collection, **values: object) -> Loan:
    today = timezone.localdate()
    told = {
        "collection": collection, "direction": "out", "partner": make_person(collection),
        "purpose": "展览", "begins_on": today, "due_on": today + timedelta(days=30),
    }  # fmt: skip
    return Loan.objects.create(**told | values)


def test_a_loan_past_its_day_is_overdue_until_it_ends(collection: Collection) -> None:
    lent = loan(collection)
    with time_machine.travel(timezone.now() + timedelta(days=35)):
        assert lent.days_overdue == 5
        lent.ended_on = timezone.localdate()
        assert lent.days_overdue == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        loan(collection, due_on=timezone.localdate() - timedelta(days=1))


WHO = {
    "curator": 200,
    "ledger_keeper": 200,
    "store_keeper": 200,
    "director": 200,
    "volunteer": 302,
    "stranger": 302,
}


@pytest.mark.parametrize("name", WHO)
def test_who_sees_a_loan(
    client: Client, collection: Collection, request: pytest.FixtureRequest, name: str
) -> None:
    lent = loan(collection)
    client.force_login(request.getfixturevalue(name))
    address = reverse("admin:custody_loan_change", args=[lent.pk])
    assert client.get(address).status_code == WHO[name]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("model", ["loan", "asset", "ownterms"])
def test_lists_and_forms_open(
    client: Client, collection: Collection, curator: User, model: str, language: str
) -> None:
    loan(collection)
    Asset.objects.create(
        collection=collection, file=stored("original"), source_type="restored"
    )
    client.force_login(curator)
    for page in ("changelist", "add"):
        address = reverse(f"admin:custody_{model}_{page}")
        assert (
            client.get(address, headers={"Accept-Language": language}).status_code
            == 200
        )


def test_only_curators_write_loans(client: Client, store_keeper: User) -> None:
    client.force_login(store_keeper)
    assert client.get(reverse("admin:custody_loan_add")).status_code == 403


def test_a_files_source_follows_from_its_deposit_until_somebody_says(
    collection: Collection,
) -> None:
    assert source_of(stored("original")).type == "captured"
    file = stored("derived")
    assert source_of(file).type == "derived"
    Asset.objects.create(
        collection=collection, file=file, source_type="machine-made",
        machine="inpaint 2.1", prompt_digest="ab" * 32,
    )  # fmt: skip
    told = source_of(file)
    assert told.type == "machine-made"
    assert "inpaint 2.1" in told.text
    assert "abababababab" in told.text


def test_what_a_machine_made_names_model_and_prompt(collection: Collection) -> None:
    told = {
        "collection": collection,
        "file": stored("derived"),
        "source_type": "machine-made",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.create(**told)
    for more in ({}, {"machine": "m", "prompt_digest": "nonsense"}):
        with pytest.raises(ValidationError):
            Asset(**told, **more).full_clean()


def test_what_a_file_is_worth_is_not_for_everybody(
    collection: Collection,
    curator: User,
    volunteer: User,
    ledger_keeper: User,
    stranger: User,
) -> None:
    asset = Asset.objects.create(
        collection=collection,
        file=stored("original"),
        source_type="captured",
        valuation="¥1",
    )
    AssetUse.objects.create(
        asset=asset, used_on=timezone.localdate(), used_by="出版社", purpose="图录"
    )
    people = [Person.of(user) for user in (curator, ledger_keeper, volunteer, stranger)]
    assert [allows(one, asset, "valuation") for one in people] == [
        True,
        True,
        False,
        False,
    ]
    assert [visible(AssetUse.objects.all(), one).count() for one in people] == [
        1,
        1,
        0,
        0,
    ]
    shown = []
    for user in (curator, ledger_keeper, volunteer):
        client = Client()
        client.force_login(user)
        page = client.get(reverse("admin:custody_asset_change", args=[asset.pk]))
        assert page.status_code == 200
        told = page.content.decode()
        shown.append(("¥1" in told, "出版社" in told))
    assert shown == [(True, True), (True, True), (False, False)]


def test_a_motif_says_where_it_is_seen(collection: Collection) -> None:
    relic = make_relic(collection)
    for region in ("xywh=pct:10,20,30,40", "xywh=1,2,3,4", "xyz=-0.1,2,3", ""):
        MotifTag(relic=relic, motif="dragon", region=region).full_clean()
    for region in ("left", "xywh=1,2,3", "xywh=1,2,3,4;DROP"):
        with pytest.raises(ValidationError):
            MotifTag(relic=relic, motif="dragon", region=region).full_clean()


def test_study_is_told_in_the_graph(collection: Collection) -> None:
    relic = make_relic(collection, state="released")
    RelicTechnique.objects.create(relic=relic, technique="lost-wax-casting")
    MotifTag.objects.create(
        relic=relic, motif="dragon", evidence="腹部主纹", is_certain=False
    )
    Citation.objects.create(
        relic=relic, title="商周青铜器", authors="马承源", year=1988
    )
    ids = Ids("http://localhost:8000")
    source = SOURCES["relic"]
    (row,) = source.rows([relic.key])
    told = set(source.write(row, Mentions(ids)))
    subject = ids.thing("relic", relic.key)
    assert [o for s, p, o in told if p == CRM.P32_used_general_technique] == [
        ids.concept("technique", "lost-wax-casting")
    ]
    (item,) = [o for s, p, o in told if (s, p) == (subject, CRM.P65_shows_visual_item)]
    assert (item, CRM.P2_has_type, ids.concept("motif", "dragon")) in told
    (paper,) = [o for s, p, o in told if (s, p) == (subject, CRM.P70i_is_documented_in)]
    assert (paper, RDF.type, CRM.E31_Document) in told


def test_roles_of_people_are_for_those_inside(
    collection: Collection, volunteer: User, stranger: User
) -> None:
    AgentRole.objects.create(
        agent=make_person(collection, state="released"), role="donor"
    )
    seen = [
        visible(AgentRole.objects.all(), Person.of(u)).count()
        for u in (volunteer, stranger)
    ]
    assert seen == [1, 0]
