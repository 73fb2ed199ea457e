"""What the parties of the contention benchmark do, each in a process of its own."""

import time

from heritage.catalogue.models import Collection, Relic
from heritage.lib.batches import write_in_batches
from tests.heritage.factories import make_collection, make_relic


def prepare() -> None:
    """Make a collection with a few relics that people edit."""
    collection = make_collection(name_zh="热闹")
    for _ in range(10):
        make_relic(collection)


def save_by_hand(seconds: float, pause_s: float) -> list[float]:
    """Edit relics one after the other; tell how long each save took."""
    relics = list(Relic.objects.filter(collection__name_zh="热闹")[:10])
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        relic = relics[len(took) % len(relics)]
        relic.description_zh = f"第{len(took)}次修改。"
        began = time.monotonic()
        relic.save()
        took.append(time.monotonic() - began)
        time.sleep(pause_s)
    return took


def load(rows: int) -> list[float]:
    """Load relics as every load does; tell how long each transaction took."""
    collection = Collection.objects.get(name_zh="热闹")

    def make(number: int) -> Relic:
        return Relic(
            collection=collection,
            register_no=f"L{number:06d}",
            name_zh=f"瓷片{number}",
            category="ceramic",
        )

    return write_in_batches(range(rows), make, Relic.objects.bulk_create)


def count_loaded() -> int:
    return Relic.objects.filter(register_no__startswith="L").count()
