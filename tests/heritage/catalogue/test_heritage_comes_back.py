"""Living and immovable heritage comes back from the archive, table by table."""

import io
from datetime import date

import pytest
from django.apps import apps
from django.core.management import call_command

from heritage.archive.actions.rebuild import rebuild
from heritage.catalogue.actions import record_act, strike_act, withdraw_consent
from heritage.catalogue.actions.recordings import keep_file
from heritage.catalogue.models import (
    Consent,
    ElementChapter,
    ElementDomain,
    ElementFacet,
    ElementListing,
    ElementPart,
    Protection,
    Recognition,
    RecordingItem,
    SiteFacet,
    TechniqueOf,
    Transmission,
)
from tests.heritage.archive.test_rebuild import differences, preserve_all, tables
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_find_batch,
    make_person,
    make_recording,
    make_relic,
    make_site,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OURS = {
    "Element", "ElementPart", "ElementListing", "ElementDomain", "ElementChapter",
    "ElementFacet", "TechniqueOf", "Bearer", "Recognition", "Consent", "Transmission",
    "Recording", "RecordingItem", "Site", "SiteFacet", "Protection", "FindBatch",
}  # fmt: skip


def fill() -> None:
    """Make a row in each table of living and immovable heritage."""
    collection = make_collection()
    element = make_element(collection, code="Ⅷ-9")
    part = ElementPart.objects.create(element=element, name_zh="子项")
    record_act(ElementListing(element=element, level="county", part=part), by=None)
    ElementDomain.objects.create(element=element, domain="craftsmanship")
    ElementChapter.objects.create(element=element, subject="origin", text_zh="旧")
    ElementFacet.objects.create(element=element, facet="hakka")
    master = make_bearer(element)
    pupil = make_bearer(element, make_person(collection), status="living")
    Transmission.objects.create(
        master=master, apprentice=pupil, period_text="约1950年", dissent="不同意见"
    )
    acts = [Recognition(bearer=pupil, level=level) for level in ("county", "national")]
    for act in acts:
        record_act(act, by=None)
    strike_act(acts[0], by=None, reason="错")
    consent = Consent(bearer=pupil, until=date(2099, 1, 1), covers_life=True)
    record_act(consent, by=None)
    withdraw_consent(consent, by=None)
    item = RecordingItem.objects.create(
        recording=make_recording(pupil), kind="practice", title_zh="片"
    )
    keep_file(item, "片.txt", io.BytesIO(b"frames"), by=None)
    site = make_site(collection, period_text="唐", latitude=1.5, longitude=2.25)
    make_site(collection, part_of=site)
    SiteFacet.objects.create(site=site, facet="maritime")
    record_act(Protection(site=site, protection_level="county"), by=None)
    relic = make_relic(collection, find_batch=make_find_batch(site))
    TechniqueOf.objects.create(element=element, relic=relic, technique="firing")


def test_every_table_of_it_comes_back() -> None:
    fill()
    models = {m.__name__: m for m in apps.get_app_config("catalogue").get_models()}
    assert not [name for name in OURS if not models[name]._default_manager.exists()]
    preserve_all()
    before = tables()
    call_command("flush", "--no-input", verbosity=0)
    done = rebuild()
    assert not done.faults
    assert differences(before) == {}
