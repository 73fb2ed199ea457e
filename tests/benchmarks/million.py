"""A museum of a million relics for the benchmarks, made in minutes.

    HERITAGE_DATA=FOLDER python -m tests.benchmarks.million [COUNT]

fills the museum of HERITAGE_DATA: some thousand relics of all kinds are written by the
models, past history and outbox, and copied within the database until there are enough,
each with a key, a number and a name of its own. For measuring, never for a museum.
"""

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

PATTERNS = 5_000
STARTED = datetime(2024, 1, 1, tzinfo=UTC)
# Common and rare ones, as in a register: what stands first is most of it.
CATEGORIES = ("porcelain", "bronze", "pottery", "textiles", "coins", "jade")
GRADES = ("ungraded",) * 700 + ("ordinary",) * 200 + ("third",) * 80 + ("second",) * 19 + ("first",)  # fmt: skip
MATERIALS = ("porcelain",) * 40 + ("pottery",) * 30 + ("copper",) * 20 + ("silk",) * 9 + ("gold",)  # fmt: skip
WORDS = ["青花", "缠枝", "莲纹", "龙纹", "粉彩", "白釉", "鎏金", "云雷", "兽面", "折枝"]
FORMS = (("瓶", "vase"), ("碗", "bowl"), ("鼎", "tripod"), ("佛像", "Buddha"), ("镜", "mirror"))  # fmt: skip


def fill(count: int, *, collections: int = 40) -> None:
    """Write `count` relics with materials and dimensions into an empty register."""
    from heritage.catalogue.models import Collection, Relic, RelicMaterial

    rooms = Collection.objects.bulk_create(
        [
            Collection(name_zh=f"馆藏{n}", name_en=f"Room {n}")
            for n in range(collections)
        ]
    )
    size = min(PATTERNS, count)
    write_patterns(rooms, size)
    copies = -(-count // size)
    for number in range(1, copies):
        copy(Relic, number * size, size, min(size, count - number * size))
        for model in children():
            copy(model, number * size, size, min(size, count - number * size))
    _wind_on()
    assert Relic.objects.count() == count <= RelicMaterial.objects.count()


def children() -> Sequence[Any]:
    from heritage.catalogue.models import Dimension, RelicFacet, RelicMaterial

    return RelicMaterial, RelicFacet, Dimension


def write_patterns(rooms: Sequence[Any], size: int) -> None:
    """Write the relics that all others are copies of; their rows' numbers begin at one."""
    from heritage.catalogue.models import Dimension, Relic, RelicFacet, RelicMaterial

    rng = random.Random(5)  # noqa: S311 - the same museum each time
    relics = [_pattern(number, rng, rooms) for number in range(1, size + 1)]
    insert(Relic, relics)
    insert(RelicMaterial, [RelicMaterial(relic=r, material=rng.choice(MATERIALS)) for r in relics])  # fmt: skip
    insert(Dimension, [Dimension(relic=r, kind="height", value=rng.uniform(2, 80)) for r in relics])  # fmt: skip
    insert(RelicFacet, [RelicFacet(relic=r, facet="guangfu") for r in relics[::50]])
    for relic in relics:  # bulk_create has set it to this moment
        relic.modified_at = STARTED + timedelta(seconds=rng.randrange(60_000_000))
    insert_times(relics)


def _pattern(number: int, rng: random.Random, rooms: Sequence[Any]) -> Any:
    from heritage.catalogue.models import Relic

    chinese, english = rng.choice(FORMS)
    begin = rng.randrange(-1500, 1900)
    dated = rng.random() < 0.8
    return Relic(
        pk=number, collection=rooms[int(len(rooms) * rng.random() ** 3)],
        register_no=f"M{number:08d}", name_zh=f"{''.join(rng.sample(WORDS, 3))}{chinese}",
        name_en=f"{english.title()} no. {number}", description_zh="口沿略残，" + "，".join(rng.sample(WORDS, 5)),
        category=CATEGORIES[int(6 * rng.random() ** 2)], grade=rng.choice(GRADES),
        begin_year=begin if dated else None, end_year=begin + 50 if dated else None,
        period_text="明" if dated else "", dating_doubt="" if rng.random() < 0.97 else "unreadable",
        completeness=rng.choice(("complete", "basically-complete", "damaged")),
        preservation=rng.choice(("stable", "")), source=rng.choice(("purchase", "donation", "excavation")),
        acquired_range=rng.choice(("", "1949-1965")), mass_range=rng.choice(("", "0.01-1-kg")),
        state=rng.choice(("draft", "released", "released")),
    )  # fmt: skip


def copy(model: Any, shift: int, size: int, wanted: int) -> None:
    """Copy the first rows once more: `shift` is added to the number of each relic."""
    from django.db import connection, transaction

    own = {
        field.column: _copied(field, shift)
        for field in model._meta.concrete_fields
        if not (field.primary_key and model._meta.model_name != "relic")
    }
    of = "id" if model._meta.model_name == "relic" else "relic_id"
    quoted = ", ".join(f'"{name}"' for name in own)
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({quoted}) SELECT {", ".join(own.values())} '  # noqa: S608
            f'FROM "{table}" WHERE "{of}" <= {min(size, wanted)} ORDER BY "id"'
        )


def _copied(field: Any, shift: int) -> str:
    """Say what a column of a copy holds."""
    number = f'CAST("id" + {shift} AS text)'
    return {
        "id": f'"id" + {shift}',
        "relic_id": f'"relic_id" + {shift}',
        "key": f"'m' || {number}",
        "register_no": f"'M' || {number}",
        "name_zh": f'"name_zh" || {number}',
        "name_en": f'"name_en" || {number}',
    }.get(field.column, f'"{field.column}"')


def insert(model: Any, rows: list[Any]) -> None:
    """Write rows past our own QuerySet: nobody is told of them."""
    from django.db.models import QuerySet

    QuerySet(model).bulk_create(rows, batch_size=500)


def insert_times(relics: list[Any]) -> None:
    from django.db.models import QuerySet

    QuerySet(type(relics[0])).bulk_update(relics, ["modified_at"], batch_size=500)


def _wind_on() -> None:
    """Let PostgreSQL count on from what was written with numbers of its own."""
    from django.core.management.color import no_style
    from django.db import connection

    from heritage.catalogue.models import Relic

    with connection.cursor() as cursor:
        for line in connection.ops.sequence_reset_sql(no_style(), [Relic]):
            cursor.execute(line)


if __name__ == "__main__":
    import django

    django.setup()
    fill(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
