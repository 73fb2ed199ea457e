"""An exhibit as a scene for one class of devices."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows, visible
from heritage.lib.languages import texts_by_tag

from . import furniture
from .addresses import Absolute, links_of
from .arrangements import Age
from .backdrops import backdrops_of
from .choose import Choice
from .devices import Cost, Device
from .hotspots import hotspots_for
from .importance import Claim, Rank, ranks, view_deg
from .layout import Place, Thing
from .models import Exhibit, ExhibitItem, ExhibitRoom, TourStop
from .narrations import Spoken, narrations_of
from .offers import deal, models_for, offer
from .reasons import why
from .rooms import Laid, Part, chosen, lay_out_parts, part_out
from .schemas import (
    BudgetOut,
    DeviceOut,
    ExhibitRef,
    HotspotOut,
    Model,
    RoomOut,
    Scene,
    SceneObject,
    SignOut,
    StandOut,
    Sums,
    TourStopOut,
    Transform,
)
from .shown import Shown, shown_for

PANEL_SIZE_M = (1.8, 1.2, 0.04)
UNKNOWN_SIZE_M = (0.3, 0.3, 0.3)


@dataclass(frozen=True)
class Seen:
    """What one person may see of an exhibit, before any device is thought of.

    shown, spots : by the relic's primary key; ages : the periods' names, by the item's;
    backdrops : addresses of panoramas, by the room's key
    """

    exhibit: Exhibit
    items: Sequence[ExhibitItem]
    shown: Mapping[int, Shown]
    spots: Mapping[int, list[HotspotOut]]
    ages: Mapping[int, Age]
    rooms: Sequence[ExhibitRoom]
    backdrops: Mapping[str, str]
    stops: Sequence[TourStop]
    spoken: Spoken
    absolute: Absolute
    person: Person


def build_scene(
    exhibit: Exhibit,
    device: Device,
    person: Person,
    *,
    absolute: Absolute,
    room: str = "",
) -> Scene:
    """Give the scene with all that this person may see of the exhibit, or of one room.

    Raises `UnknownRoom`.
    """
    return fit_scene(look_at(exhibit, person, absolute=absolute), device, room=room)


def look_at(exhibit: Exhibit, person: Person, *, absolute: Absolute) -> Seen:
    """Read all that this person may see; `fit_scene` then asks the database nothing."""
    items = _items(exhibit, person)
    shown = shown_for([item.relic for item in items if item.relic], person)
    stops = visible(TourStop.objects.filter(exhibit=exhibit), person)
    rooms = list(visible(ExhibitRoom.objects.filter(exhibit=exhibit), person))
    return Seen(
        exhibit=exhibit,
        items=items,
        shown=shown,
        spots=hotspots_for(shown, person, absolute),
        ages={item.pk: _age(item, person) for item in items},
        rooms=rooms,
        backdrops=backdrops_of(rooms, person, absolute),
        stops=list(stops.select_related("item").order_by("number", "pk")),
        spoken=narrations_of(exhibit, person, absolute),
        absolute=absolute,
        person=person,
    )


def fit_scene(seen: Seen, device: Device, *, room: str = "") -> Scene:
    """Choose models and places for one class of devices. Raises `UnknownRoom`."""
    exhibit, absolute = seen.exhibit, seen.absolute
    parts = part_out(exhibit, seen.rooms, seen.items)
    here = chosen(parts, room)
    models = [
        models_for(seen.shown.get(item.relic_id or 0), device, absolute, seen.person)
        for item in seen.items
    ]
    things = [
        _thing(i, m, seen.ages[i.pk]) for i, m in zip(seen.items, models, strict=True)
    ]
    laid = lay_out_parts(here, things)
    numbers = [number for part in here for number in part.numbers]
    ranked = ranks(_claims(here, seen.items, things, laid))
    offers = [
        offer(seen.items[n], models[n], spots=len(_spots_on(seen.items[n], seen)))
        for n in numbers
    ]
    choices, signs = deal(
        offers, ranked, device.budget,
        signs=len(laid.signs), spent=_room_itself(seen, room),
    )  # fmt: skip
    room_of = {number: part.key for part in parts for number in part.numbers}
    objects = [
        _object(
            seen.items[number],
            seen,
            models[number],
            choice,
            rank,
            laid.places[number],
            room_of[number],
        )
        for number, choice, rank in zip(numbers, choices, ranked, strict=True)
    ]
    return Scene(
        exhibit=exhibit_ref(exhibit, absolute),
        device=device_out(device),
        mood=_mood(exhibit, here),
        sums=_sums(objects),
        objects=objects,
        room=room,
        rooms=[_room_out(one, seen, device, laid) for one in seen.rooms],
        signs=[
            SignOut(names=sign.names, position=(sign.x_m, 0.0, sign.z_m))
            for sign, choice in zip(laid.signs, signs, strict=True)
            if choice.is_there
        ],
        tour=_tour(seen, room_of),
        narrations=seen.spoken.welcome,
    )


def _claims(
    here: Sequence[Part],
    items: Sequence[ExhibitItem],
    things: Sequence[Thing],
    laid: Laid,
) -> list[Claim]:
    return [
        Claim(room, items[n].number, view_deg(things[n], laid.places[n]))
        for room, part in enumerate(here)
        for n in part.numbers
    ]


def _mood(exhibit: Exhibit, here: Sequence[Part]) -> str:
    first = here[0].room
    return first.mood if first else exhibit.mood


def _room_out(room: ExhibitRoom, seen: Seen, device: Device, laid: Laid) -> RoomOut:
    address = (
        f"/api/exhibits/{seen.exhibit.key}/scene?device={device.name}&room={room.key}"
    )
    return RoomOut(
        key=room.key,
        names=texts_by_tag(room.name_zh, room.name_en),
        texts=texts_by_tag(room.text_zh, room.text_en),
        mood=room.mood,
        backdrop=seen.backdrops.get(room.key, ""),
        scene=seen.absolute(address),
        origin=(laid.origins.get(room.key, 0.0), 0.0, 0.0),
    )


def _tour(seen: Seen, room_of: Mapping[int, str]) -> list[TourStopOut]:
    """Give the stops in the order of the tour; each stands before an item of it."""
    rooms = {item.pk: room_of[number] for number, item in enumerate(seen.items)}
    return [
        TourStopOut(
            object=row.item.key,
            room=rooms[row.item_id],
            texts=texts_by_tag(row.text_zh, row.text_en),
            narrations=seen.spoken.at_stops.get(row.pk, {}),
        )
        for row in seen.stops
    ]


def exhibit_ref(exhibit: Exhibit, absolute: Absolute) -> ExhibitRef:
    return ExhibitRef(
        key=exhibit.key,
        names=exhibit.names,
        descriptions=exhibit.descriptions,
        is_demo=exhibit.is_demo,
        links=links_of(exhibit, absolute),
    )


def device_out(device: Device) -> DeviceOut:
    return DeviceOut(
        name=device.name,
        titles=dict(device.titles),
        budget=BudgetOut(**asdict(device.budget)),
        levels=list(device.levels),
    )


def _items(exhibit: Exhibit, person: Person) -> list[ExhibitItem]:
    rows = ExhibitItem.objects.filter(exhibit=exhibit)
    rows = rows.select_related("relic__period", "element").order_by("number", "pk")
    return list(visible(rows, person))


def _spots_on(item: ExhibitItem, seen: Seen) -> list[HotspotOut]:
    return seen.spots.get(item.relic_id or 0, [])


def _room_itself(seen: Seen, room: str) -> Cost:
    return furniture.room_itself(
        has_backdrop=room in seen.backdrops,
        doors=min(furniture.DOORS, len(seen.rooms) - 1) if room else 0,
    )


def _thing(item: ExhibitItem, models: Sequence[Model], age: Age) -> Thing:
    is_panel = item.element_id is not None
    width, height, depth = PANEL_SIZE_M if is_panel else _size(models)
    return Thing(
        width_m=width,
        height_m=height,
        depth_m=depth,
        x_m=item.x_m,
        y_m=item.y_m,
        z_m=item.z_m,
        turn_deg=item.turn_deg,
        scale=item.scale,
        is_panel=is_panel,
        year=item.relic.begin_year if item.relic else None,
        age=age,
    )


def _age(item: ExhibitItem, person: Person) -> Age:
    """Give the names of the relic's period, where the person may know it."""
    period = item.relic.period if item.relic else None
    if period is None or not allows(person, period):
        return ()
    return tuple(sorted(period.names.items()))


def _size(models: Sequence[Model]) -> tuple[float, float, float]:
    if not models:
        return UNKNOWN_SIZE_M
    low, high = models[-1].bounds.min, models[-1].bounds.max
    return high[0] - low[0], high[1] - low[1], high[2] - low[2]


def _object(
    item: ExhibitItem,
    seen: Seen,
    models: Sequence[Model],
    choice: Choice,
    rank: Rank,
    place: Place,
    room: str,
) -> SceneObject:
    thing, absolute = item.thing, seen.absolute
    shown = seen.shown.get(item.relic_id or 0)
    chosen = None if choice.index is None else models[choice.index]
    picture = shown.picture if shown else None
    return SceneObject(
        key=item.key,
        room=room,
        kind="relic" if isinstance(thing, Relic) else "element",
        number=item.number,
        names=thing.names,
        labels=texts_by_tag(item.label_zh, item.label_en),
        descriptions=thing.descriptions,
        rights=thing.rights if isinstance(thing, Relic) else "",
        credit=thing.credit if isinstance(thing, Relic) else "",
        is_demo=thing.is_demo,
        picture=absolute(picture.large) if picture else "",
        links=links_of(thing, absolute),
        model=chosen,
        alternatives=[model for model in models if model is not chosen],
        why=why(thing, choice, rank),
        is_there=choice.is_there,
        transform=Transform(
            position=place.position, rotation=place.rotation, scale=place.scale
        ),
        stand=StandOut(**asdict(place.stand)) if place.stand else None,
        hotspots=_spots_on(item, seen) if chosen else [],
        narrations=seen.spoken.of_items.get(item.pk, {}),
    )


def _sums(objects: Sequence[SceneObject]) -> Sums:
    chosen = [thing.model for thing in objects if thing.model]
    return Sums(
        objects=len(chosen),
        triangles=sum(model.triangles for model in chosen),
        draws=sum(model.draws for model in chosen),
        gpu_bytes=sum(model.gpu_bytes for model in chosen),
        bytes=sum(model.bytes for model in chosen),
    )
