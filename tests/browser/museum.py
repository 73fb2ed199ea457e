"""A small released museum for browsers to walk through.

Laying it out takes a processor more than a second: that is done once, and each test is
given it as it stood then.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from django.db.models import Model

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import (
    Agent,
    Bearer,
    Collection,
    Element,
    Place,
    Relic,
    Site,
    TechniqueOf,
    Transmission,
)
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.exhibits.made import MadeModel, make_run
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_exhibit,
    make_period,
    make_person,
    make_place,
    make_relic,
    make_site,
)
from tests.prepared import Snapshot


@dataclass(frozen=True)
class Museum:
    collection: Collection
    relics: list[Relic]
    element: Element
    bearer: Bearer
    exhibit: Exhibit
    site: Site
    person: Agent
    place: Place

    @property
    def addresses(self) -> list[str]:
        return [
            "/",
            "/relics/",
            f"/relics/{self.relics[0].key}",
            "/elements/",
            f"/elements/{self.element.key}",
            f"/bearers/{self.bearer.key}",
            "/sites/",
            f"/sites/{self.site.key}",
            "/exhibits/",
            f"/exhibits/{self.exhibit.key}",
            "/api/docs",
            "/timeline",
            "/map",
            "/developers",
            f"/people/{self.person.key}",
            f"/places/{self.place.key}",
            f"/relics/{self.relics[0].key}/ask",
        ]


def open_museum(collection: Collection, models: Mapping[str, MadeModel]) -> Museum:
    """Two relics with models, a craft with its lineage, an exhibit; all released."""
    relics = [
        make_relic(collection, name_zh=chinese, name_en=english, is_demo=True)
        for chinese, english in (("青釉瓶", "Celadon vase"), ("青铜钟", "Bronze bell"))
    ]
    for relic in relics:
        make_run(relic, models=models)
    element = make_element(collection, is_demo=True)
    names = (("陈师傅", "Old Chen"), ("吴师傅", "Young Wu"))
    bearers = [
        make_bearer(element, make_person(collection, name_zh=zh, name_en=en))
        for zh, en in names
    ]
    Transmission.objects.create(master=bearers[0], apprentice=bearers[1])
    TechniqueOf.objects.create(element=element, relic=relics[0])
    exhibit = make_exhibit(collection, is_demo=True)
    for number, relic in enumerate(relics, 1):
        ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=number)
    ExhibitItem.objects.create(exhibit=exhibit, element=element, number=3)
    site = make_site(collection, is_demo=True, latitude=23.1, longitude=113.2)
    maker = make_person(collection, name_zh="何朝宗", name_en="He Chaozong")
    place = make_place(collection, latitude=25.5, longitude=118.2)
    period = make_period(collection)
    for relic in relics:
        relic.maker, relic.made_at, relic.period = maker, place, period
        relic.save()
    authorities = (maker, place, period)
    for record in (*relics, element, *bearers, exhibit, site, *authorities):
        release(record, by=None)
    return Museum(collection, relics, element, bearers[0], exhibit, site, maker, place)


class StandingMuseum:
    """A museum as it was opened, its rows and its files."""

    def __init__(self, museum: Museum, folder: Path, kept: Path) -> None:
        self._museum = museum
        self._rows = Snapshot()
        self._files: Path = shutil.copytree(folder, kept)

    def put(self, folder: Path) -> Museum:
        """Put it into the test's database and folder."""
        self._rows.lay()
        shutil.copytree(self._files, folder, dirs_exist_ok=True)
        told = {one.name: getattr(self._museum, one.name) for one in fields(Museum)}
        return Museum(**{name: _read_again(value) for name, value in told.items()})

    def close(self) -> None:
        self._rows.close()


def _read_again(value: Any) -> Any:
    if isinstance(value, Model):
        return type(value)._base_manager.get(pk=value.pk)
    return [_read_again(one) for one in value]
