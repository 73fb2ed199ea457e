"""The rooms of a demo exhibit, and its guided tour."""

from typing import Any

from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom, TourStop

ROOM = ("name_en", "text_zh", "text_en", "layout", "mood")
STOP = ("text_zh", "text_en")


def furnish(exhibit: Exhibit, row: dict[str, Any], records: dict[str, Any]) -> None:
    """Divide an exhibit into its rooms, each arranged by itself; write its tour."""
    for number, told in enumerate(row.get("rooms", ())):
        room, _ = ExhibitRoom.objects.get_or_create(
            exhibit=exhibit, name_zh=told["name_zh"],
            defaults={"number": number} | {name: told[name] for name in ROOM},
        )  # fmt: skip
        for item in _items(exhibit, told, records):
            if item.room is None:
                item.room = room
                # The room's own arrangement stands where nobody has placed anything.
                item.x_m = item.z_m = item.turn_deg = 0.0
                item.save()
    for number, told in enumerate(row.get("stops", ())):
        before = _item(exhibit, relic=records.get(told["relic"]))
        if before is not None:
            TourStop.objects.get_or_create(
                exhibit=exhibit, item=before,
                defaults={"number": number} | {name: told[name] for name in STOP},
            )  # fmt: skip


def _items(
    exhibit: Exhibit, told: dict[str, Any], records: dict[str, Any]
) -> list[ExhibitItem]:
    found = [_item(exhibit, relic=records.get(name)) for name in told["relics"]]
    found += [_item(exhibit, element=records.get(name)) for name in told["elements"]]
    return [item for item in found if item is not None]


def _item(exhibit: Exhibit, **thing: Any) -> ExhibitItem | None:
    if None in thing.values():  # the demo was asked for fewer relics
        return None
    return exhibit.items.filter(**thing).first()
