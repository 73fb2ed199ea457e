"""No scene asks for more than its device class can draw, whatever an exhibit holds.

What is counted here is counted as pages/static/pages/gallery.js draws it, thing by thing,
and by none of the sums that chose it. Nothing asks the database.
"""

from collections.abc import Sequence
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.archive.models import Deposit, StoredFile
from heritage.captures.models import Capture, Derivative, Run
from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import STRANGER
from heritage.exhibits.devices import Cost, devices
from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom
from heritage.exhibits.narrations import Spoken
from heritage.exhibits.scene import Seen, fit_scene
from heritage.exhibits.schemas import HotspotOut, Scene, SceneObject
from heritage.exhibits.shown import Shown

MIB: Final = 1024**2
PROFILES: Final = ("thumb", "headset", "web", "headset-hero", "desktop")
# Floor, walls, plinths, pools of light, soft shadows; in a headset two beams, a ring, the
# dimmed edge, a card, a plate (pages/static/pages/headset.js).
ROOM: Final = Cost(triangles=2 + 8 + 2 * 64, draws=5 + 6, gpu_bytes=5 * MIB)


def card(width: int, height: int, *, triangles: int = 2) -> Cost:
    """A picture of text, four bytes a pixel, with its mips."""
    return Cost(triangles, 1, width * height * 4 * 4 // 3)


LABEL: Final = card(512, 307, triangles=2 + 12 + 2 + 2)  # with plinth and discs
PANEL: Final = card(1024, 683)
SIGN: Final = card(512, 160)
DOOR: Final = Cost(2, 1) + card(512, 125)
PANORAMA: Final = Cost(2 * 48 * (24 - 1), 1, 4096 * 2048 * 4)


def drawn(scene: Scene) -> Cost:
    """Add up what the room draws of this scene."""
    spent = ROOM
    for thing in scene.objects:
        spent += drawn_of(thing)
    for _sign in scene.signs:
        spent += SIGN
    here = [number for number, one in enumerate(scene.rooms) if one.key == scene.room]
    for number in here:
        for _door in {number - 1, number + 1} & set(range(len(scene.rooms))):
            spent += DOOR
        if scene.rooms[number].backdrop:
            spent += PANORAMA
    return spent


def drawn_of(thing: SceneObject) -> Cost:
    if not thing.is_there:
        assert thing.model is None
        return Cost()
    spent = LABEL if thing.stand else PANEL
    if thing.model:
        model = thing.model
        spent += Cost(model.triangles, model.draws, model.gpu_bytes)
    if thing.hotspots:
        spent += Cost(80 * len(thing.hotspots), 1)
    return spent


@st.composite
def derivatives(draw: st.DrawFn, relic: Relic) -> dict[str, Derivative]:
    """Levels that grow, of some profiles; some large, in many parts, or unmeasured."""
    names = draw(st.lists(st.sampled_from(PROFILES), unique=True, max_size=4))
    scale = draw(st.sampled_from((1, 10, 100)))
    run = Run(capture=Capture(relic=relic), is_accepted=True)
    found = {}
    for step, profile in enumerate(sorted(names, key=PROFILES.index), 1):
        triangles = step * scale * draw(st.integers(50, 4_000))
        found[profile] = Derivative(
            pk=step,
            run=run,
            role=Derivative.Role.MODEL,
            profile=profile,
            stored_file=_file(),
            triangles=triangles,
            draws=draw(st.integers(1, 4)),
            gpu_bytes=triangles * draw(st.integers(20, 400)),
            figures={"bounds": {"min": [0.0, 0.0, 0.0], "max": [0.3, 0.4, 0.3]}},
        )
    return found


def _file() -> StoredFile:
    return StoredFile(
        deposit=Deposit(), name="a.glb", sha512="0" * 128, size_bytes=1_000,
        media_type="model/gltf-binary",
    )  # fmt: skip


def spot(number: int) -> HotspotOut:
    return HotspotOut(
        key=f"s{number}", number=number, position=(0, 0, 0), normal=(0, 0, 1),
        titles={}, texts={}, picture="", facts=[],
    )  # fmt: skip


@st.composite
def exhibits(draw: st.DrawFn) -> Seen:
    """What a stranger may see of an exhibit: its things repeat a few kinds of things."""
    exhibit = Exhibit(pk=1, key="e", layout=draw(st.sampled_from(Exhibit.Layout)))
    rooms = [
        ExhibitRoom(pk=n + 1, key=f"r{n}", number=n, exhibit=exhibit)
        for n in range(draw(st.sampled_from((0, 0, 2, 3))))
    ]
    kinds = [_kind(draw, number) for number in range(1, draw(st.integers(2, 5)))]
    count = draw(st.integers(0, 12)) * draw(st.sampled_from((1, 1, 4, 12)))
    items = [
        _item(exhibit, rooms, kinds[n % len(kinds)][0], n + 1) for n in range(count)
    ]
    if draw(st.booleans()):  # their curator ranks none; some are enlarged
        for item in items:
            item.number, item.scale = 0, 1.0 + item.pk % 3
    shown = {relic.pk: one for relic, one, _spots in kinds if relic and one}
    spots = {relic.pk: told for relic, _one, told in kinds if relic and told}
    ages = draw(st.integers(1, 30))
    return Seen(
        exhibit=exhibit,
        items=items,
        shown=shown,
        spots=spots,
        ages={item.pk: (("en", f"Age {item.pk % ages}"),) for item in items},
        rooms=rooms,
        backdrops={room.key: "/b" for room in rooms if draw(st.booleans())},
        stops=[],
        spoken=Spoken(),
        absolute=str,
        person=STRANGER,
    )


def _kind(
    draw: st.DrawFn, number: int
) -> tuple[Relic | None, Shown | None, list[HotspotOut]]:
    if draw(st.integers(0, 4)) == 0:
        return None, None, []
    relic = Relic(pk=number, key=f"t{number}", state="released", begin_year=number)
    models = draw(derivatives(relic))
    spots = [spot(n) for n in range(draw(st.sampled_from((0, 0, 3, 20))))]
    if not models:
        return relic, None, spots
    run = next(iter(models.values())).run
    return relic, Shown(run=run, models=models), spots


def _item(
    exhibit: Exhibit, rooms: Sequence[ExhibitRoom], relic: Relic | None, number: int
) -> ExhibitItem:
    told: dict[str, Any] = {"relic": relic} if relic else {"element": ELEMENT}
    room = rooms[number % len(rooms)] if rooms else None
    return ExhibitItem(pk=number, number=number, exhibit=exhibit, room=room, **told)


ELEMENT: Final = Element(pk=1, key="l", state="released")


def check(seen: Seen) -> None:
    """Hold every device's scene, of the whole and of each room, to its budget."""
    for device in devices().values():
        for room in ("", *(one.key for one in seen.rooms)):
            scene = fit_scene(seen, device, room=room)
            assert drawn(scene).breaks(device.budget) == "", (device.name, room)


def test_what_a_phone_cannot_draw_at_all_is_in_lists_only() -> None:
    """Labels alone would pass its draws: 200 things, of which the first are there."""
    exhibit = Exhibit(pk=1, key="e")
    items = [_item(exhibit, [], None, number) for number in range(1, 201)]
    ages = {item.pk: (("en", f"Age {item.pk}"),) for item in items}
    seen = Seen(
        exhibit=exhibit, items=items, shown={}, spots={}, ages=ages, rooms=[],
        backdrops={}, stops=[], spoken=Spoken(), absolute=str, person=STRANGER,
    )  # fmt: skip
    phone = devices()["phone"]
    scene = fit_scene(seen, phone)
    there = [thing.is_there for thing in scene.objects]
    assert drawn(scene).breaks(phone.budget) == ""
    assert len(there) == 200
    assert there[:20] == [True] * 20
    assert not any(there[phone.budget.draws :])


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(exhibits())
def test_no_exhibit_passes_any_device(seen: Seen) -> None:
    check(seen)


@pytest.mark.thorough
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(exhibits())
def test_none_of_500_exhibits_passes_any_device(seen: Seen) -> None:
    check(seen)
