"""A record whose graph would break a shape is not released, and the curator is told why."""

import pytest
from django.utils.translation import override

from heritage.catalogue.actions.release import release
from heritage.catalogue.errors import NotReady
from heritage.catalogue.models import Collection, Record, RelicMaterial
from tests.heritage.factories import make_relic, make_site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "A material is not in the register's vocabulary."),
        ("zh-hans", "质地不在登记词表中。"),
    ],
)
def test_a_broken_record_stays_a_draft(
    collection: Collection, language: str, sentence: str
) -> None:
    relic = make_relic(collection)
    # Past every form: a term that no list has.
    RelicMaterial.objects.create(relic=relic, material="unobtainium")
    with override(language), pytest.raises(NotReady) as refused:
        release(relic, by=None)
    assert refused.value.missing == [sentence]
    relic.refresh_from_db()
    assert relic.state == Record.State.DRAFT


def test_a_sound_record_is_released(collection: Collection) -> None:
    site = make_site(collection)
    release(site, by=None)
    site.refresh_from_db()
    assert site.state == Record.State.RELEASED
