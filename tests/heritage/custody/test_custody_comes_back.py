"""Custody comes back from the archive, table by table, and its seals still hold."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from heritage.archive.actions.rebuild import rebuild
from heritage.archive.models import StoredFile
from heritage.catalogue.models import (
    AgentRole,
    Citation,
    Collection,
    MotifTag,
    RelicTechnique,
)
from heritage.custody.models import (
    Asset,
    AssetUse,
    Deregistration,
    Ledger,
    Loan,
    OwnTerms,
)
from heritage.custody.sealing import find_breaks
from heritage.operations.demo.custody import write_custody
from tests.heritage.archive.test_rebuild import differences, preserve_all, tables
from tests.heritage.factories import make_collection, make_person, make_relic, make_user

from .test_holdings import stored

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def fill() -> Collection:
    collection = make_collection()
    curator = make_user(collection, "curator", username="c")
    relics = [
        make_relic(collection, is_demo=True, store_location="演示库房 · 一柜")
        for _ in "ab"
    ]
    write_custody(curator, collection)
    person, day = make_person(collection), timezone.localdate()
    AgentRole.objects.create(agent=person, role="donor")
    RelicTechnique.objects.create(relic=relics[0], technique="lost-wax-casting")
    MotifTag.objects.create(relic=relics[0], motif="dragon")
    Citation.objects.create(relic=relics[0], title="图录")
    Deregistration.objects.create(
        relic=relics[1], number="1", reason="lost", note="遗失"
    )
    loan = Loan.objects.create(
        collection=collection, direction="in", partner=person, purpose="展览",
        begins_on=day, due_on=day + timedelta(days=1),
    )  # fmt: skip
    loan.relics.add(relics[0])
    terms = OwnTerms.objects.create(name_zh="本馆条款", text_zh="署名")
    file: StoredFile = stored("original")
    asset = Asset.objects.create(
        collection=collection, file=file, source_type="captured", terms=terms
    )
    AssetUse.objects.create(asset=asset, used_on=day, used_by="出版社", purpose="图录")
    return collection


def test_every_table_of_it_comes_back_sealed() -> None:
    fill()
    models = list(apps.get_app_config("custody").get_models())
    assert not [m.__name__ for m in models if not m._default_manager.exists()]
    preserve_all()
    before = tables()
    call_command("flush", "--no-input", verbosity=0)
    done = rebuild()
    assert not done.faults
    assert differences(before) == {}
    (ledger,) = Ledger.objects.all()
    assert ledger.last_number >= 3
    assert not list(find_breaks(ledger))
