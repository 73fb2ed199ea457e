"""Each example query answers what the register answers: SPARQL against SQL.

The register's answer is computed from the rows alone, by no code that builds the graph.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pyoxigraph as ox
import pytest

from heritage.captures.models import CaptureFile, Derivative, Run
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import (
    Bearer,
    Collection,
    DatingOpinion,
    Element,
    Grading,
    Period,
    Place,
    Record,
    Relic,
    RelicFacet,
    RelicName,
    TechniqueOf,
    Transmission,
)
from heritage.exhibits.models import ExhibitItem
from heritage.linked_data import graphs
from heritage.linked_data.graphs import graph_iri, museum_ids
from knowledge_graph.examples import examples
from knowledge_graph.store_terms import build_quads
from tests.heritage.factories import make_bearer, make_person, make_relic

from .samples import Museum, make_museum

Rows = Iterable[tuple[Any, ...]]


@pytest.fixture
def museum(collection: Collection) -> Museum:
    """A museum in which every question has an answer, and a draft that is in none."""
    museum = make_museum(collection)
    holder, period = museum.relic.holder, museum.relic.period
    scanned = museum.relic.dimensions.filter(origin="scan")
    scanned.update(run_key=museum.run.key, uncertainty=0.01)
    qin = Period.objects.create(
        collection=collection, slug="qin", name_zh="秦", begin_year=-220, end_year=-206
    )
    jar = make_relic(
        collection,
        name_zh="陶罐",
        name_en="",
        category="pottery",
        holder=holder,
        part_of=museum.relic,
        source="purchase",
        begin_year=-400,
        end_year=-300,
    )
    jar.materials.all().delete()
    jar.materials.create(material="pottery")
    jar.dimensions.create(kind="height", value=40, origin="caliper")
    Place.objects.filter(name_zh="满城").update(latitude=38.9, longitude=115.3)
    RelicFacet.objects.create(relic=jar, facet="maritime")
    RelicName.objects.create(
        relic=jar, type="former", name="罐", language=RelicName.Language.CHINESE
    )
    for day, grade in ((date(1990, 1, 1), "second"), (date(2010, 1, 1), "first")):
        Grading.objects.create(
            relic=jar, grade=grade, decided_on=day, decided_by=museum.relic.maker
        )
    for held, day in ((qin, date(1980, 1, 1)), (period, date(2000, 1, 1))):
        DatingOpinion.objects.create(
            relic=museum.relic, period=held, decided_on=day, evidence=f"文{day.year}"
        )
    third = make_bearer(
        museum.element, make_person(collection, name_zh="赵"), level="municipal"
    )
    Transmission.objects.create(master=museum.apprentice, apprentice=third)
    make_relic(collection, name_zh="草稿", holder=holder, source="purchase")
    museum.release()
    for record in (qin, jar, third.person, third):
        record.refresh_from_db()
        release(record, by=None)
    return museum


@pytest.fixture
def store(museum: Museum) -> ox.Store:
    filled = ox.Store()
    for one in graphs.build_many(graphs.every_name()):
        filled.bulk_extend(build_quads(graph_iri(one.name), one.triples))
    return filled


def short(term: Any) -> Any:
    """Give a thing's key, a term's slug, or a literal's value."""
    if isinstance(term, ox.NamedNode):
        return term.value.rsplit("/", 1)[-1]
    return None if term is None else term.value


def public(model: type[Record]) -> Any:
    return model._default_manager.filter(state=Record.State.RELEASED)


def relics() -> list[Relic]:
    return list(public(Relic))


def counted(values: Iterable[Any]) -> set[tuple[Any, ...]]:
    return {(value, str(count)) for value, count in Counter(values).items()}


def gradings(relic: Relic) -> list[Any]:
    return list(relic.gradings.all())


def years(relic: Relic) -> tuple[int, int] | None:
    if relic.begin_year is None or relic.end_year is None:
        return None
    return relic.begin_year, relic.end_year


def models() -> Any:
    return Derivative.objects.filter(role="model", run__is_accepted=True)


def within(place: Place | None) -> list[Place]:
    found = []
    while place is not None:
        found.append(place)
        place = place.within
    return found


def lineages() -> set[tuple[str, str]]:
    """Give every (pupil, master) of the lessons, over any number of generations."""
    pairs = {
        (row.apprentice.person.key, row.master.person.key)
        for row in Transmission.objects.all()
        if row.apprentice.person and row.master.person
    }
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            return pairs
        pairs |= more


# slug: (columns of the answer, what the register says)
Expected = tuple[tuple[str, ...], Callable[[], Rows]]
EXPECTED: dict[str, Expected] = {
    "files-and-parameters-of-a-model": (
        ("exhibit", "model", "file"),
        lambda: (
            (item.exhibit.key, model.key, row.stored_file.key)
            for item in ExhibitItem.objects.all()
            for model in models().filter(run__capture__relic=item.relic)
            for row in CaptureFile.objects.filter(capture=model.run.capture)
        ),
    ),
    "relics-of-a-living-craft": (
        ("relic", "element", "bearer", "model"),
        lambda: (
            (link.relic.key, link.element.key, bearer.person.key, model.key)
            for link in _techniques()
            for bearer in public(Bearer).filter(element=link.element)
            if bearer.person and bearer.status != Bearer.Status.DECEASED
            for model in models().filter(
                run__capture__relic=link.relic, profile="headset"
            )
        ),
    ),
    "lineage-of-a-bearer": (("bearer", "master"), lineages),
    "relics-before-christ": (
        ("relic", "begin", "end"),
        lambda: (
            (one.key, str(span[0]), str(span[1]))
            for one in relics()
            if (span := years(one)) and span[0] <= -99 and span[1] >= -499
        ),
    ),
    "caliper-against-scan": (
        ("relic",),
        lambda: (
            (one.key,)
            for one in relics()
            for scan in one.dimensions.filter(origin="scan", kind="height")
            for hand in one.dimensions.filter(origin="caliper", kind="height")
            if abs(scan.value - hand.value) > scan.uncertainty
        ),
    ),
    "relics-of-each-category": (
        ("category", "relics"),
        lambda: counted(one.category for one in relics()),
    ),
    "relics-of-a-material": (
        ("relic", "material"),
        lambda: (
            (one.key, row.material)
            for one in relics()
            for row in one.materials.all()
            if row.material in {"copper", "pottery"}
        ),
    ),
    "relics-of-a-dynasty": (
        ("relic",),
        lambda: (
            (one.key,) for one in relics() if one.period and one.period.slug == "han"
        ),
    ),
    "relics-of-a-grade": (
        ("relic", "by"),
        lambda: (
            (one.key, acts[-1].decided_by.key)
            for one in relics()
            for acts in [gradings(one)]
            if acts and acts[-1].grade == "first"
        ),
    ),
    "regraded-relics": (
        ("relic", "before", "now"),
        lambda: (
            (one.key, act.grade, acts[-1].grade)
            for one in relics()
            for acts in [gradings(one)]
            for act in acts[:-1]
        ),
    ),
    "relics-found-in-a-region": (
        ("relic", "place", "region"),
        lambda: (
            (one.key, one.find_place.key, region.key)
            for one in relics()
            if one.find_place
            for region in within(one.find_place)
        ),
    ),
    "relics-of-each-keeper": (
        ("keeper", "relics"),
        lambda: counted(one.holder.key for one in relics() if one.holder),
    ),
    "relics-without-a-model": (
        ("relic",),
        lambda: (
            (one.key,)
            for one in relics()
            if not Run.objects.filter(capture__relic=one, is_accepted=True).exists()
        ),
    ),
    "tallest-relics": (
        ("relic", "height"),
        lambda: (
            (one.key, float(size.value))
            for one in relics()
            for size in one.dimensions.filter(kind="height", origin="caliper")
        ),
    ),
    "works-of-each-maker": (
        ("maker", "relic"),
        lambda: ((one.maker.key, one.key) for one in relics() if one.maker),
    ),
    "disputed-datings": (
        ("relic", "held", "otherwise", "evidence"),
        lambda: (
            (one.key, acts[-1].period.key, act.period.key, act.evidence)
            for one in relics()
            for acts in [list(one.datingopinions.all())]
            for act in acts[:-1]
        ),
    ),
    "other-names-of-relics": (
        ("relic", "kind", "name"),
        lambda: (
            (row.relic.key, row.type, row.name)
            for row in RelicName.objects.filter(relic__in=relics())
        ),
    ),
    "parts-of-each-set": (
        ("whole", "part"),
        lambda: ((one.part_of.key, one.key) for one in relics() if one.part_of),
    ),
    "ways-of-acquisition": (
        ("source", "relics"),
        lambda: counted(one.source for one in relics() if one.source),
    ),
    "condition-of-relics": (
        ("relic", "state"),
        lambda: ((one.key, one.preservation) for one in relics() if one.preservation),
    ),
    "relics-of-a-theme": (
        ("theme", "relic"),
        lambda: (
            (row.facet, row.relic.key)
            for row in RelicFacet.objects.filter(relic__in=relics())
        ),
    ),
    "elements-of-each-category": (
        ("category", "elements"),
        lambda: counted(one.category for one in public(Element)),
    ),
    "masters-and-their-pupils": (
        ("master", "pupils"),
        lambda: counted(row.master.person.key for row in Transmission.objects.all()),
    ),
    "things-in-each-exhibit": (
        ("exhibit", "thing"),
        lambda: (
            (item.exhibit.key, (item.relic or item.element).key)
            for item in ExhibitItem.objects.all()
        ),
    ),
    "models-that-deviate": (
        ("exhibit", "relic", "model"),
        lambda: (
            (item.exhibit.key, item.relic.key, model.key)
            for item in ExhibitItem.objects.all()
            for model in models().filter(run__capture__relic=item.relic)
            if model.figures["deviation"]["max_m"] * 1000 > 0.5
        ),
    ),
    "captures-by-technique": (
        ("technique", "relics"),
        lambda: counted(
            run.capture.technique for run in Run.objects.filter(is_accepted=True)
        ),
    ),
    "programs-that-made-models": (
        ("name", "runs"),
        lambda: counted(
            f"{name} {version}"
            for run in Run.objects.filter(is_accepted=True)
            for name, version in run.report["libraries"].items()
        ),
    ),
    "found-places-on-a-map": (
        ("place", "relics"),
        lambda: counted(
            one.find_place.key
            for one in relics()
            if one.find_place and one.find_place.latitude is not None
        ),
    ),
    "relics-along-time": (
        ("relic", "begin", "end"),
        lambda: (
            (one.key, *map(str, span)) for one in relics() if (span := years(one))
        ),
    ),
    "pictures-of-relics": (
        ("relic", "picture"),
        lambda: (
            (row.run.capture.relic.key, row.stored_file.name)
            for row in Derivative.objects.filter(role="picture", run__is_accepted=True)
        ),
    ),
    "files-made-with-a-parameter": (
        ("scan", "file"),
        lambda: (
            (row.stored_file.key, made.key)
            for run in Run.objects.filter(is_accepted=True)
            if run.report["recipe"]["parameters"].get("voxel_m") == 0.001
            for row in CaptureFile.objects.filter(capture=run.capture)
            for made in run.derivatives.exclude(profile="report")  # its log
        ),
    ),
    "what-changed-since": (
        ("thing",),
        lambda: ((one.key,) for model in _record_models() for one in public(model)),
    ),
}


def _techniques() -> Any:
    return TechniqueOf.objects.all()


def _record_models() -> list[type[Record]]:
    sources = (source.model for source in graphs.SOURCES.values())
    return [one for one in sources if issubclass(one, Record)]


def asked(store: ox.Store, slug: str, language: str) -> list[ox.QuerySolution]:
    (text,) = (
        one.text(language)
        for one in examples(museum_ids())
        if one.slug.split("-", 1)[1] == slug
    )
    found = store.query(text, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return list(found)


def answer(
    store: ox.Store, slug: str, columns: tuple[str, ...], language: str
) -> set[Any]:
    rows = asked(store, slug, language)
    return {tuple(short(row[name]) for name in columns) for row in rows}


def test_every_example_is_held_against_the_register() -> None:
    slugs = {one.slug.split("-", 1)[1] for one in examples(museum_ids())}
    assert slugs == EXPECTED.keys()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_example_answers_what_the_register_says(
    store: ox.Store, language: str
) -> None:
    for slug, (columns, computed) in EXPECTED.items():
        wanted = set(computed())
        assert wanted, f"{slug}: nothing to find, so nothing is tested"
        given = answer(store, slug, columns, language)
        if slug == "tallest-relics":
            given = {(key, float(value)) for key, value in given}
        if slug == "what-changed-since":  # the graph knows captures and links as well
            given = {row for row in given if row in wanted}
        assert given == wanted, slug


@pytest.mark.parametrize("slug", ["relics-of-a-material", "relics-along-time"])
def test_names_are_in_the_readers_language_where_there_are_any(
    store: ox.Store, slug: str
) -> None:
    names = {one.key: (one.name_zh, one.name_en) for one in relics()}
    for language in ("zh-hans", "en"):
        rows = asked(store, slug, language)
        given = {(short(row["relic"]), short(row["name"])) for row in rows}
        wanted = {
            (key, english if english and language == "en" else chinese)
            for key, (chinese, english) in names.items()
        }
        assert given
        assert given <= wanted, language
    assert {"", "x"} == {english and "x" for _, english in names.values()}
