"""The mappings that we ship read the tables of real museums, none of whose rows is lost."""

from collections import Counter
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from heritage.catalogue.models import Collection, Relic
from heritage.exchange.mapping import SHIPPED, read_plan, shipped, write_plan
from heritage.exchange.models import Doubt, SourceRecord

from .loading import enter, verdicts

NAMES = [
    "heritage",
    "heritage-lido",
    *sorted(path.stem for path in SHIPPED.glob("*.toml")),
]


@pytest.mark.parametrize("name", NAMES)
def test_each_is_sound_and_comes_back_as_it_was_written(name: str, db: None) -> None:
    plan = read_plan(shipped()[name])
    assert plan.name == name
    assert read_plan(write_plan(plan)) == plan


@pytest.mark.thorough
@pytest.mark.django_db
def test_cleveland_in_english_then_chinese(
    shared_data: Path, collection: Collection, curator: User
) -> None:
    folder = shared_data / "tabular" / "cleveland-chinese-art"
    english = enter(
        [folder / "dataclean" / "kelifulan_museum.csv"],
        "cleveland-en",
        collection,
        curator,
    )
    assert verdicts(english) == {"created": 2916}
    assert Relic.objects.get(register_no="2020.180").name_en == "yellow-glazed bowl"
    heights = Relic.objects.filter(dimensions__kind="height").distinct().count()
    assert heights > 2000
    assert Relic.objects.filter(begin_year__isnull=False).count() > 2300
    chinese = [folder / "translation" / "kelifulan_museum.csv"]
    second = enter(chinese, "cleveland-zh", collection, curator)
    assert set(verdicts(second)) == {"changed"}
    relic = Relic.objects.get(register_no="2020.180")
    assert (relic.name_zh, relic.name_en) == ("黄釉碗", "yellow-glazed bowl")
    assert relic.sources.count() == 2
    assert not Doubt.objects.filter(code="conflict").exists()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "mapping", "count"),
    [
        ("tabular/tate/artworks/a/*/*.json", "tate", 99),
        ("tabular/art-institute-of-chicago/artworks/*.json", "artic", 10),
        ("rdf/lido-rijksmuseum/*.xml", "lido", 19),
        ("rdf/lido/*.xml", "lido", 4),
    ],
)
def test_others_come_in_whole(
    shared_data: Path,
    collection: Collection,
    curator: User,
    files: str,
    mapping: str,
    count: int,
) -> None:
    load = enter(sorted(shared_data.glob(files)), mapping, collection, curator)
    assert verdicts(load) == {"created": count}, load.results.filter(
        verdict="refused"
    ).values("faults")
    assert SourceRecord.objects.count() == count
    assert Counter(bool(row.cells) for row in SourceRecord.objects.all()) == {
        True: count
    }
    again = enter(sorted(shared_data.glob(files)), mapping, collection, curator)
    assert verdicts(again) == {"unchanged": count}
