"""Sixty everyday questions to a real table: what answers them is among the first twenty."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import QuerySet

from heritage.catalogue.models import Collection, Relic

from .desk import found

JUDGED = Path(__file__).with_name("judged.tsv")
TABLE = Path("tabular/cleveland-chinese-art")
FILE = "kelifulan_museum.csv"
FIRST = 20
RECALL = 0.9


def questions() -> Iterator[tuple[str, set[str]]]:
    for line in JUDGED.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            question, _tab, ids = line.partition("\t")
            yield question, set(ids.split())


def read_table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name / FILE).open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture
def table(shared_data: Path, collection: Collection) -> dict[str, str]:
    """Relics of the table, released; gives the table's ids by the relics' keys."""
    folder = shared_data / TABLE
    pairs = zip(
        read_table(folder, "dataclean"), read_table(folder, "translation"), strict=True
    )
    relics = [
        Relic(
            collection=collection, register_no=english["id"], state="released",
            category="other", name_zh=chinese["文物名称"].strip() or english["title"],
            name_en=english["title"].strip()[:300],
            description_zh=f"{chinese['朝代']}。{chinese['文物详细信息']}",
            description_en=f"{english['collection']}. {english['tombstone']}",
            period_text=english["creation_date"][:200],
        )
        for english, chinese in pairs
    ]  # fmt: skip
    for relic in relics:
        relic.read_period_text()
    rows: QuerySet[Relic] = QuerySet(Relic)  # no news: the index is made anew below
    rows.bulk_create(relics)
    call_command("search", "rebuild", stdout=StringIO())
    return {relic.key: relic.register_no for relic in relics}


@pytest.mark.slow
@pytest.mark.django_db
def test_what_was_judged_to_answer_is_found(table: dict[str, str]) -> None:
    recalls: dict[str, float] = {}
    for question, wanted in questions():
        keys = found(question, size=FIRST, facets={"kind": ["kind:relic"]})
        given = {table[key] for key in keys}
        recalls[question] = len(given & wanted) / min(len(wanted), FIRST)
    assert len(recalls) == 60
    mean = sum(recalls.values()) / len(recalls)
    worst = sorted(recalls.items(), key=lambda item: item[1])[:12]
    assert mean >= RECALL, (round(mean, 3), worst)
