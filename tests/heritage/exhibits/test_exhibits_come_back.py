"""An exhibit comes back from the archive with all that a curator put in, sounds too."""

import pytest
from django.core.management import call_command
from django.test import Client

from heritage.archive.actions.rebuild import rebuild
from heritage.captures.models import Run
from heritage.exhibits.models import (
    Exhibit,
    ExhibitItem,
    ExhibitRoom,
    Hotspot,
    Narration,
    TourStop,
)
from heritage.exhibits.narrations import sound_path
from tests.heritage.archive.test_rebuild import differences, preserve_all, tables
from tests.heritage.exhibits.made import make_run, plain_models
from tests.heritage.exhibits.test_narrations import SPOKEN, make_narration
from tests.heritage.factories import make_collection, make_exhibit, make_relic

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KINDS = (Exhibit, ExhibitRoom, ExhibitItem, TourStop, Hotspot, Narration)


def fill() -> Narration:
    """An exhibit with a row in each of its tables; give what is said at its stop."""
    collection = make_collection()
    exhibit = make_exhibit(collection, state="released")
    relic = make_relic(collection, state="released")
    make_run(relic, models={"thumb": plain_models()["thumb"]})
    Hotspot.objects.create(
        relic=relic, master=Run.objects.get(), is_shown=True, title_zh="口沿",
        x_m=0, y_m=0.1, z_m=0.1, normal_x=0, normal_y=0, normal_z=1,
    )  # fmt: skip
    room = ExhibitRoom.objects.create(exhibit=exhibit, name_zh="厅", mood="day")
    item = ExhibitItem.objects.create(
        exhibit=exhibit, relic=relic, room=room, x_m=1.5, turn_deg=30, label_zh="鼎"
    )
    stop = TourStop.objects.create(exhibit=exhibit, item=item, text_zh="先看。")
    make_narration(exhibit, transcript="Welcome", credit="Read by Li")
    make_narration(exhibit, item=item, language="zh-Hans", transcript="三足。")
    return make_narration(exhibit, stop=stop, transcript="Now look")


def test_what_a_curator_put_in_comes_back_and_is_heard() -> None:
    said = fill()
    preserve_all()
    before = tables()
    assert not [kind for kind in KINDS if not before[kind._meta.label]]
    call_command("flush", "--no-input", verbosity=0)
    done = rebuild()
    assert not done.faults
    assert differences(before) == {}
    again = Narration.objects.get(key=said.key)
    heard = Client().get(sound_path(again))
    assert (heard.status_code, b"".join(heard)) == (200, SPOKEN)
