"""Every change queues the graphs that it touches, in its own transaction."""

from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.db.migrations import Migration
from django.db.models.signals import post_migrate

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection, Relic, TechniqueOf
from heritage.linked_data.models import Outbox
from heritage.linked_data.projector import take_rows, waiting
from tests.heritage.factories import make_element, make_relic

from .museum import queued, settled


@pytest.fixture
def relic(collection: Collection) -> Relic:
    relic = make_relic(collection)
    settled()
    return relic


def test_a_save_queues_the_record_once(relic: Relic) -> None:
    relic.name_en = "Other"
    relic.save()
    relic.save()
    assert queued() == [f"relic/{relic.key}"]


def test_a_material_queues_its_relic(relic: Relic) -> None:
    relic.materials.create(material="iron")
    assert queued() == [f"relic/{relic.key}"]


def test_a_bulk_change_queues_every_row(collection: Collection, relic: Relic) -> None:
    other = make_relic(collection)
    settled()
    Relic.objects.filter(pk__in=[relic.pk, other.pk]).update(name_en="Same")
    assert queued() == sorted([f"relic/{relic.key}", f"relic/{other.key}"])


def test_what_is_rolled_back_queues_nothing(relic: Relic) -> None:
    with transaction.atomic():
        relic.save()
        transaction.set_rollback(True)
    assert queued() == []


def test_a_cascade_queues_the_rows_it_takes_along(relic: Relic) -> None:
    element = make_element(relic.collection)
    link = TechniqueOf.objects.create(element=element, relic=relic)
    settled()
    relic.delete()
    assert f"technique-of/{link.key}" in queued()


def test_release_queues_what_mentions_the_record(relic: Relic) -> None:
    element = make_element(relic.collection)
    link = TechniqueOf.objects.create(element=element, relic=relic)
    settled()
    release(relic, by=None)
    assert f"technique-of/{link.key}" in queued()
    settled()
    withdraw(relic, by=None)
    assert f"technique-of/{link.key}" in queued()


def test_a_change_after_the_projector_took_the_row_asks_again(relic: Relic) -> None:
    """Else the projector, which has read the record already, would call it done."""
    relic.save()
    assert len(take_rows()) == 1
    relic.save()
    assert waiting().count() == 2
    assert Outbox.objects.filter(attempts=0, done_at=None).count() == 1


def tell_migrated(**told: Any) -> None:
    app = apps.get_app_config("linked_data")
    post_migrate.send(app, app_config=app, **told)


def test_an_upgrade_has_every_graph_built_again(relic: Relic) -> None:
    release(relic, by=None)
    settled()
    plan = [(Migration("0002_change_relics", "catalogue"), False)]
    tell_migrated(using="default", plan=plan)
    assert f"relic/{relic.key}" in queued()


@pytest.mark.parametrize("plan", [[], [(Migration("0001_first", "catalogue"), True)]])
def test_without_an_upgrade_nothing_is_built(relic: Relic, plan: list[Any]) -> None:
    release(relic, by=None)
    settled()
    tell_migrated(using="default", plan=plan)
    assert queued() == []


def test_a_museum_that_has_published_nothing_waits_for_its_records(db: None) -> None:
    plan = [(Migration("0001_first", "catalogue"), False)]
    tell_migrated(using="default", plan=plan)
    assert queued() == []
