"""An exhibit with two relics and a craft, all released."""

import pytest

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_element, make_exhibit, make_relic


@pytest.fixture
def exhibit(collection: Collection) -> Exhibit:
    show = make_exhibit(collection)
    for number in (1, 2):
        relic = make_relic(collection)
        make_run(relic)
        release(relic, by=None)
        ExhibitItem.objects.create(exhibit=show, relic=relic, number=number)
    element = make_element(collection)
    release(element, by=None)
    ExhibitItem.objects.create(exhibit=show, element=element, number=3)
    release(show, by=None)
    show.refresh_from_db()
    return show
