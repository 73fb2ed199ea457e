"""A small museum as triples: one of every pattern, for tests to look at and to break."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from rdflib import Graph, URIRef

from knowledge_graph.namespaces import Ids, bind_prefixes, part
from knowledge_graph.patterns import (
    Acquisition,
    Attribution,
    Capture,
    Condition,
    Custody,
    Device,
    Dimension,
    Element,
    Execution,
    Exhibit,
    File,
    FindBatch,
    Identifier,
    Json,
    Kind,
    Listing,
    Location,
    Narration,
    Origin,
    Period,
    Person,
    Place,
    Production,
    Protection,
    Recognition,
    Recorded,
    RecordGraph,
    Recording,
    Replaced,
    Site,
    Software,
    Span,
    SubItem,
    Transmission,
    Treatment,
    Triple,
    acquisition,
    attribution,
    capture,
    condition,
    count,
    custody,
    derivation,
    description,
    device,
    dimension,
    element,
    exhibit,
    exhibit_item,
    figure,
    find_batch,
    found_in,
    grading,
    group,
    identifier,
    learned_from,
    listing,
    location,
    materials,
    names,
    narration,
    origin,
    other_names,
    period,
    person,
    place,
    production,
    protection,
    provenance,
    recognition,
    record_graph,
    recorded,
    recording,
    relic,
    replaced,
    run,
    site,
    sub_item,
    technique_of,
    transmission,
    treatment,
)

IDS = Ids("https://museum.example")
BELL = IDS.thing("relic", "bell")
CAPTURE = IDS.thing("capture", "c1")
EARLIER_RUN = IDS.thing("run", "r0")
RUN = IDS.thing("run", "r1")
DELIVERY = IDS.thing("run", "r2")
MASTER = IDS.thing("derivative", "master")
WITHDRAWN = datetime(2026, 3, 4, 8, tzinfo=UTC)
EARLIER_MASTER = IDS.thing("derivative", "earlier-master")
HEADSET = IDS.thing("derivative", "headset")
CASTING = IDS.thing("element", "casting")
EXHIBIT = IDS.thing("exhibit", "e1")
KILN = IDS.thing("site", "kiln")
TRENCH = IDS.thing("find-batch", "t1")
FILMED = IDS.thing("recording", "film")
MUSEUM = IDS.thing("agent", "museum")
OPERATOR = IDS.thing("agent", "operator")
PLACE = IDS.thing("place", "workshop")
MASTER_WANG, PUPIL_LI, PUPIL_ZHAO = (
    IDS.thing("agent", key) for key in ("wang", "li", "zhao")
)
SCANS = tuple(IDS.thing("file", f"scan{n}") for n in range(3))
PARAMETERS: Mapping[str, Json] = {
    "voxel_mm": 0.5,
    "depth": 9,
    "exact": True,
    "name": "青铜",
    "box": [1, 2],
}
OPEN3D = Software("Open3D", "0.20.0")


def graph_of(*patterns: Iterable[Triple]) -> Graph:
    graph = bind_prefixes(Graph(), IDS)
    for pattern in patterns:
        for triple in pattern:
            graph.add(triple)
    return graph


def a_file(iri: URIRef, name: str, **facts: object) -> File:
    digest = name.encode().hex().ljust(128, "0")[:128]
    return File(iri, name, digest, 1024, **facts)  # type: ignore[arg-type]


def museum() -> Graph:
    return graph_of(
        *_relic(), *_digitization(), *_intangible(), *_exhibit(), *_site(), *_others()
    )


def _relic() -> Iterator[Iterable[Triple]]:
    made = Production(
        periods=(IDS.concept("period", "western-han"),),
        techniques=("piece-mould-casting",),
        makers=(IDS.thing("agent", "unknown"),),
        place=PLACE,
        when=Span(-205, 25, {"zh-Hans": "西汉（前206-公元25）"}),
        remark={"en": "cast in two halves"},
    )
    by_hand = Dimension(
        "height",
        Decimal("11.3"),
        "cm",
        uncertainty=Decimal("0.05"),
        origin="caliper",
        text={"zh-Hans": "高11.3"},
        by=OPERATOR,
        when=Span(date(2026, 3, 1), date(2026, 3, 1)),
    )
    on_model = Dimension(
        "height",
        Decimal("11.42"),
        "cm",
        uncertainty=Decimal("0.02"),
        origin="scan",
        mesh=MASTER,
        run=DELIVERY,
    )
    yield relic(IDS, BELL, Kind("bronze", "inorganic", "single"))
    yield names(IDS, BELL, {"zh-Hans": "青铜钟", "en": "Bronze bell"})
    yield other_names(IDS, BELL, {"zh-Hans": "铜钟"}, kind="original")
    yield description(IDS, BELL, {"zh-Hans": "口沿略残。", "en": "Rim worn."})
    number = Identifier("0008/甲", "general-register", preferred=True, given_by=MUSEUM)
    yield identifier(IDS, BELL, number)
    yield grading(IDS, BELL, grade="first", by=MUSEUM, basis={"zh-Hans": "鉴定书"})
    yield production(IDS, BELL, made)
    yield materials(IDS, BELL, ("copper",))
    yield count(IDS, BELL, 1)
    yield dimension(IDS, BELL, by_hand)
    yield dimension(IDS, BELL, on_model)
    yield dimension(IDS, BELL, Dimension("mass", Decimal(2), "kg", origin="card"))
    yield custody(BELL, Custody(MUSEUM, MUSEUM, (OPERATOR,), PLACE, PLACE))
    yield acquisition(IDS, BELL, Acquisition("excavation", MUSEUM, found_at=PLACE))
    yield condition(
        IDS, BELL, Condition("1", "complete", "stable", {"zh-Hans": "口沿残"})
    )
    cleaned = Treatment(
        "1", "cleaning", {"zh-Hans": "去离子水"}, MUSEUM, Span(2020, 2021)
    )
    yield treatment(IDS, BELL, cleaned)
    facts = RecordGraph(
        BELL,
        datetime(2026, 4, 1, 8, tzinfo=UTC),
        licence=URIRef("http://creativecommons.org/licenses/by/4.0/"),
        source=IDS.dataset,
    )
    yield record_graph(IDS, IDS.graph("relic", "bell"), facts)


def _digitization() -> Iterator[Iterable[Triple]]:
    chain = [triple for pattern in _chain() for triple in pattern]
    yield chain
    yield provenance(chain)
    yield replaced(Replaced(EARLIER_MASTER, by=MASTER, at=WITHDRAWN))


def _chain() -> Iterator[Iterable[Triple]]:
    raw = tuple(a_file(iri, f"bell{n}.ply") for n, iri in enumerate(SCANS))
    scanner = IDS.thing("device", "scanner")
    yield device(IDS, scanner, Device("scanner", {"en": "Scanner"}, serial="SN 1"))
    yield capture(
        IDS,
        Capture(
            CAPTURE,
            BELL,
            raw,
            technique="structured-light",
            devices=(scanner,),
            operators=(OPERATOR,),
            place=PLACE,
            when=Span(date(2026, 3, 2), date(2026, 3, 2)),
        ),
    )
    started = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
    log = a_file(IDS.thing("file", "log"), "run.log", media_type="text/plain")
    yield run(
        IDS,
        Execution(
            RUN,
            SCANS,
            (a_file(MASTER, "master.ply", profile="master", represents=BELL),),
            PARAMETERS,
            (OPEN3D,),
            (OPERATOR,),
            recipe="bronze-fine 1",
            when=Span(started, started.replace(hour=10)),
            log=log,
            continued=(EARLIER_RUN,),
        ),
    )
    model = a_file(
        HEADSET,
        "headset.glb",
        media_type="model/gltf-binary",
        profile="headset",
        represents=BELL,
        figures=(figure("triangles", 50_000, "one"),),
    )
    yield derivation(
        IDS, Execution(DELIVERY, (MASTER,), (model,), {"triangles": 50_000}, (OPEN3D,))
    )
    upright = Attribution(
        "upright",
        part(RUN, "upright"),
        "upright",
        by=OPERATOR,
        when=Span(started, started),
    )
    yield attribution(IDS, MASTER, upright)


def _intangible() -> Iterator[Iterable[Triple]]:
    known = Element({"zh-Hans": "范铸技艺", "en": "Casting"}, "craft-skills", "Ⅷ-9")
    yield element(IDS, CASTING, known)
    yield technique_of(BELL, CASTING)
    listed = Listing(
        "2006", "national", when=Span(2006, 2006), batch={"zh-Hans": "第一批"}
    )
    yield listing(IDS, CASTING, listed)
    people = {MASTER_WANG: "王师傅", PUPIL_LI: "李师傅", PUPIL_ZHAO: "赵师傅"}
    for who, name in people.items():
        died = 1990 if who == MASTER_WANG else None
        yield person(IDS, who, Person({"zh-Hans": name, "en": name}, 1920, died))
        key = str(who).rsplit("/", 1)[-1]
        act = Recognition(who, CASTING, "national", by=MUSEUM, when=Span(2007, 2007))
        yield recognition(IDS, IDS.thing("bearer", key), act)
    lessons = (
        Transmission(
            MASTER_WANG, PUPIL_LI, CASTING, when=Span(1950, 1960), place=PLACE
        ),
        Transmission(PUPIL_LI, PUPIL_ZHAO, CASTING, basis={"en": "interview"}),
    )
    for n, lesson in enumerate(lessons):
        yield transmission(IDS, IDS.thing("transmission", str(n)), lesson)
        yield learned_from(IDS, lesson)


def _exhibit() -> Iterator[Iterable[Triple]]:
    show = Exhibit({"zh-Hans": "钟声", "en": "Bells"}, (MUSEUM,), when=Span(2026, 2026))
    yield exhibit(IDS, EXHIBIT, show)
    yield exhibit_item(EXHIBIT, BELL, models=(HEADSET,))
    said = Narration("n1", "en", "Strike it.", about=BELL, credit={"en": "Read by Li"})
    yield narration(IDS, EXHIBIT, said)


def _site() -> Iterator[Iterable[Triple]]:
    """A kiln and what was dug up there; and what a recording of the craft gave."""
    where = Location({"en": "Kiln"}, PLACE, Decimal("39.9"), Decimal("116.4"), 500)
    dug = FindBatch({"en": "Trench 1"}, KILN, "T1", "excavation", MUSEUM)
    yield site(IDS, KILN, Site({"en": "Kiln"}, "ancient-site", "national-key", "1"))
    yield location(IDS, KILN, where)
    yield origin(IDS, KILN, Origin(when=Span(618, 907)))
    yield protection(IDS, KILN, Protection("p1", "national-key", "6-0531"))
    yield find_batch(IDS, TRENCH, dug)
    yield found_in(BELL, TRENCH)
    yield recording(IDS, FILMED, Recording({"en": "Casting, filmed"}, (CASTING,)))
    yield recorded(IDS, FILMED, Recorded("1", "practice", {"en": "Film"}))
    yield sub_item(IDS, CASTING, SubItem("1", {"en": "Casting in Foshan"}))


def _others() -> Iterator[Iterable[Triple]]:
    yield group(IDS, MUSEUM, {"zh-Hans": "示例博物馆", "en": "Example Museum"})
    where = Place({"en": "Workshop"}, None, Decimal("39.9"), Decimal("116.4"))
    yield place(IDS, PLACE, where)
    own = Period({"en": "Workshop period"}, Span(-500, None), place=PLACE)
    yield period(IDS, IDS.thing("period", "own"), own)
