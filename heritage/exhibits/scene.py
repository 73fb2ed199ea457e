"""An exhibit as a scene for one class of devices."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from django.utils import translation
from django.utils.translation import gettext as _

from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import Person, allows, visible

from .addresses import Absolute, links_of, model_of
from .choose import BEST, BUDGET, LEFT_OUT, NO_MODEL, Choice, Level, choose
from .devices import Cost, Device
from .hotspots import hotspots_for
from .layout import Place, Thing, lay_out
from .models import Exhibit, ExhibitItem, TourStop
from .schemas import (
    BudgetOut,
    Code,
    DeviceOut,
    ExhibitRef,
    HotspotOut,
    Model,
    Scene,
    SceneObject,
    SignOut,
    StandOut,
    Sums,
    TourStopOut,
    Transform,
    Why,
)
from .shown import Shown, shown_for

# What the room itself draws (floor, walls, all plinths, all soft shadows) and what
# comes with each object (its label, its part of plinths and shadows).
ROOM = Cost(triangles=2_000, draws=8, gpu_bytes=4 * 1024**2)
BESIDE_EACH = Cost(triangles=16, draws=1, gpu_bytes=512 * 1024)
EACH_SIGN = Cost(triangles=2, draws=1, gpu_bytes=512 * 1024)
MARKER_TRIANGLES = 80  # of a hotspot's small ball; those of one object are one draw
PANEL_SIZE_M = (1.8, 1.2, 0.04)
UNKNOWN_SIZE_M = (0.3, 0.3, 0.3)


def build_scene(
    exhibit: Exhibit, device: Device, person: Person, *, absolute: Absolute
) -> Scene:
    """Give the scene with all that this person may see of the exhibit."""
    items = _items(exhibit, person)
    shown = shown_for([item.relic for item in items if item.relic], person)
    models = [
        _models(shown.get(item.relic_id or 0), device, absolute) for item in items
    ]
    places, signs = lay_out(
        [_thing(i, m, person) for i, m in zip(items, models, strict=True)],
        exhibit.layout,
    )
    spots = hotspots_for(shown, person, absolute)
    choices = choose(
        [[_level(model) for model in mine] for mine in models],
        _left_for_models(device.budget, len(items), spots.values(), len(signs)),
    )
    objects = [
        _object(
            item,
            shown.get(item.relic_id or 0),
            mine,
            choice,
            place,
            spots.get(item.relic_id or 0, []),
            absolute,
        )
        for item, mine, choice, place in zip(
            items, models, choices, places, strict=True
        )
    ]
    return Scene(
        exhibit=exhibit_ref(exhibit, absolute),
        device=device_out(device),
        mood=exhibit.mood,
        sums=_sums(objects),
        objects=objects,
        signs=[
            SignOut(names=sign.names, position=(sign.x_m, 0.0, sign.z_m))
            for sign in signs
        ],
        tour=_tour(exhibit, person, objects),
    )


def _tour(
    exhibit: Exhibit, person: Person, objects: Sequence[SceneObject]
) -> list[TourStopOut]:
    """Give the stops before what this person may see; in the order of the tour."""
    there = {thing.key for thing in objects}
    rows = visible(TourStop.objects.filter(exhibit=exhibit), person)
    return [
        TourStopOut(object=row.item.key, texts=_texts(row.text_zh, row.text_en))
        for row in rows.select_related("item").order_by("number", "pk")
        if row.item.key in there
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


def _models(shown: Shown | None, device: Device, absolute: Absolute) -> list[Model]:
    """The models of an object that the device may be given, coarse to fine."""
    levels = shown.levels if shown else []
    found = (model_of(d, absolute) for d in levels if d.profile in device.levels)
    return [model for model in found if model]


def _level(model: Model) -> Level:
    return Level(model.profile, Cost(model.triangles, model.draws, model.gpu_bytes))


def _left_for_models(
    budget: Cost, count: int, hotspots: Iterable[Sequence[HotspotOut]], signs: int
) -> Cost:
    left = budget - ROOM
    for _item in range(count):
        left -= BESIDE_EACH
    for _sign in range(signs):
        left -= EACH_SIGN
    for spots in hotspots:
        left -= Cost(triangles=MARKER_TRIANGLES * len(spots), draws=1)
    return left


def _thing(item: ExhibitItem, models: Sequence[Model], person: Person) -> Thing:
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
        age=_age(item, person),
    )


def _age(item: ExhibitItem, person: Person) -> tuple[tuple[str, str], ...]:
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
    shown: Shown | None,
    models: Sequence[Model],
    choice: Choice,
    place: Place,
    hotspots: list[HotspotOut],
    absolute: Absolute,
) -> SceneObject:
    thing = item.thing
    chosen = None if choice.index is None else models[choice.index]
    picture = shown.picture if shown else None
    return SceneObject(
        key=item.key,
        kind="relic" if isinstance(thing, Relic) else "element",
        number=item.number,
        names=thing.names,
        labels=_texts(item.label_zh, item.label_en),
        descriptions=thing.descriptions,
        rights=thing.rights if isinstance(thing, Relic) else "",
        credit=thing.credit if isinstance(thing, Relic) else "",
        is_demo=thing.is_demo,
        picture=absolute(picture.large) if picture else "",
        links=links_of(thing, absolute),
        model=chosen,
        alternatives=[model for model in models if model is not chosen],
        why=_why(thing, choice),
        transform=Transform(
            position=place.position, rotation=place.rotation, scale=place.scale
        ),
        stand=StandOut(**asdict(place.stand)) if place.stand else None,
        hotspots=hotspots if chosen else [],
    )


def _texts(chinese: str, english: str) -> dict[str, str]:
    pairs = {"zh-Hans": chinese, "en": english}
    return {tag: text for tag, text in pairs.items() if text}


def _why(thing: Relic | Element, choice: Choice) -> Why:
    code: Code = "panel" if isinstance(thing, Element) else choice.code
    messages = {}
    for tag, language in (("zh-Hans", "zh-hans"), ("en", "en")):
        with translation.override(language):
            messages[tag] = _sentence(code, choice.facts)
    return Why(code=code, facts=choice.facts, messages=messages)


def _sentence(code: str, facts: dict[str, str | int]) -> str:
    sentences = {
        BEST: _("The finest level for this device."),
        BUDGET: _("Level %(level)s would bring %(figure)s to %(needed)s of %(limit)s."),
        LEFT_OUT: _(
            "Left out: even level %(level)s would bring %(figure)s to %(needed)s of %(limit)s."
        ),
        NO_MODEL: _("There is no released 3D model yet."),
        "panel": _("Shown as a panel."),
    }
    return sentences[code] % facts


def _sums(objects: Sequence[SceneObject]) -> Sums:
    chosen = [thing.model for thing in objects if thing.model]
    return Sums(
        objects=len(chosen),
        triangles=sum(model.triangles for model in chosen),
        draws=sum(model.draws for model in chosen),
        gpu_bytes=sum(model.gpu_bytes for model in chosen),
        bytes=sum(model.bytes for model in chosen),
    )
