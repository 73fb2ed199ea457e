"""What the records become passes the shapes, and answers the example queries."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyoxigraph
import pytest

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit, StoredFile
from heritage.captures.models import Capture, CaptureFile, Derivative, Run
from heritage.catalogue.mentions import VOCABULARY
from heritage.catalogue.models import (
    Bearer,
    Collection,
    Dimension,
    Element,
    ElementChapter,
    ElementFacet,
    ElementListing,
    ElementPart,
    Place,
    Protection,
    Recognition,
    Record,
    RecordingItem,
    Relic,
    Site,
    SiteFacet,
    TechniqueOf,
    Transmission,
    Treatment,
)
from heritage.exhibits.models import ExhibitItem
from heritage.linked_data import graphs
from heritage.linked_data.graphs import BuiltGraph, museum_ids
from heritage.linked_data.writing import to_graph
from knowledge_graph.examples import examples
from knowledge_graph.shacl import check_shapes
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_exhibit,
    make_find_batch,
    make_person,
    make_place,
    make_recording,
    make_relic,
    make_site,
)

RELEASED = {"state": Record.State.RELEASED}
STARTED = datetime(2026, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def museum(collection: Collection) -> dict[str, Record]:
    """One released record of every kind, with the links between them."""
    place = make_place(collection, latitude=23.03, longitude=113.12, **RELEASED)
    relic = make_relic(
        collection,
        name_en="",
        source="excavation",
        find_place=place,
        find_shown_as="exact",
        completeness="complete",
        begin_year=-205,
        end_year=25,
        period_text="西汉",
        **RELEASED,
    )
    element = make_element(collection, level="national", region=place, **RELEASED)
    master = make_person(collection, birth_year=1900, death_year=1980, **RELEASED)
    pupil = make_person(collection, name_zh="李师傅", **RELEASED)
    taught, learned = (
        make_bearer(element, master, **RELEASED),
        make_bearer(
            element, pupil, level="national", status="living",
            consent_until=date(2099, 1, 2), **RELEASED,
        ),
    )  # fmt: skip
    exhibit = make_exhibit(collection, **RELEASED)
    Transmission.objects.create(
        master=taught, apprentice=learned, period_text="约1950-1960年", way="family"
    )
    TechniqueOf.objects.create(element=element, relic=relic)
    ExhibitItem.objects.create(exhibit=exhibit, relic=relic)
    Treatment.objects.create(
        relic=relic, treatment="rust-removal", substances="EDTA",
        decided_on=date(2021, 3, 1), ended_on=date(2021, 4, 2),
    )  # fmt: skip
    make_capture(relic)
    _deepen(element, learned)
    site = _released_site(collection, place)
    relic.find_batch = make_find_batch(site, number="T1③", **RELEASED)
    relic.save()
    return {"relic": relic, "element": element, "exhibit": exhibit, "pupil": pupil}


def _deepen(element: Element, bearer: Bearer) -> None:
    """Give each row that an element and its bearers may have."""
    part = ElementPart.objects.create(
        element=element, name_zh="子项", project_number="Ⅷ-009_01_440100", batch=1
    )
    ElementListing.objects.create(element=element, level="national", batch=1, part=part)
    ElementListing.objects.create(element=element, unesco_list="representative")
    ElementChapter.objects.create(element=element, subject="origin", text_zh="始于唐。")
    ElementFacet.objects.create(element=element, facet="guangfu")
    for level, year in (("county", 2005), ("national", 2012)):
        Recognition.objects.create(bearer=bearer, level=level, recognised_year=year)
    recording = make_recording(bearer, begun_on=date(2020, 3, 4), **RELEASED)
    RecordingItem.objects.create(
        recording=recording, kind="practice", title_zh="实践片", is_public=True
    )


def _released_site(collection: Collection, place: Place) -> Site:
    site = make_site(
        collection, place=place, period_text="唐", latitude=23.1234, longitude=113.2345,
        shown_as="township", **RELEASED,
    )  # fmt: skip
    Protection.objects.create(
        site=site, protection_level="national-key", code="6-0531", protected_year=2006
    )
    SiteFacet.objects.create(site=site, facet="maritime")
    make_site(collection, part_of=site, site_kind="ancient-building", **RELEASED)
    return site


def make_capture(relic: Relic) -> None:
    """A capture of two scans, and the accepted run that made a master and a model."""
    raw = deposit({"scan-0.ply": b"a", "scan-1.ply": b"b"}, Deposit.Kind.ORIGINAL)
    made = deposit({"master.ply": b"m", "headset.glb": b"g"}, Deposit.Kind.DERIVED)
    capture = Capture.objects.create(relic=relic, device="Scanner", device_serial="7")
    for file in raw.values():
        CaptureFile.objects.create(capture=capture, stored_file=file)
    run = Run.objects.create(
        capture=capture,
        state=Run.State.SUCCEEDED,
        is_accepted=True,
        started_at=STARTED,
        finished_at=STARTED.replace(minute=5),
        report={
            "recipe": {"name": "bronze", "version": 1, "parameters": {"depth": 9}},
            "libraries": {"open3d": "0.20.0"},
            "inputs": [{"sha512": file.sha512} for file in raw.values()],
            "upright": {"used": [[1, 0, 0, 0]]},
        },
    )
    for name, role, profile in (
        ("master.ply", "master", "master"),
        ("headset.glb", "model", "headset"),
    ):
        Derivative.objects.create(
            run=run, role=role, profile=profile, stored_file=made[name], triangles=12
        )
    Dimension.objects.create(
        relic=relic,
        kind="height",
        value=float(Decimal("11.3")),
        uncertainty=0.01,
        origin="scan",
        run_key=run.key,
    )


def deposit(files: dict[str, bytes], kind: str) -> dict[str, StoredFile]:
    opened = [(name, io.BytesIO(data)) for name, data in files.items()]
    sealed = deposit_files(opened, kind=Deposit.Kind(kind), by=None)
    return {file.name: file for file in sealed.files.all()}


def build_records() -> list[BuiltGraph]:
    names = [name for name in graphs.every_name() if name.kind != VOCABULARY]
    return [built for built in map(graphs.build, names) if built.triples]


@pytest.mark.usefixtures("museum")
def test_every_kind_of_record_graph_passes_the_shapes() -> None:
    built = build_records()
    assert {one.name.kind for one in built} >= set(graphs.SOURCES) - {"period"}
    for one in built:
        findings = check_shapes(to_graph(one.triples), museum_ids())
        assert not [each for each in findings if each.severity == "violation"], one.name


@pytest.mark.usefixtures("museum")
def test_all_records_together_pass_the_shapes() -> None:
    triples = [triple for one in build_records() for triple in one.triples]
    assert check_shapes(to_graph(triples), museum_ids()) == []


def test_the_examples_find_the_records(museum: dict[str, Record]) -> None:
    store = pyoxigraph.Store()
    for one in build_records():
        lines = to_graph(one.triples).serialize(format="nt").encode()
        store.load(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)

    chain = ask(store, "files-and-parameters-of-a-model")
    assert [row["fileName"] for row in chain] == ["scan-0.ply", "scan-1.ply"]
    assert all('"depth":9' in row["parameters"] for row in chain)
    assert {row["exhibit"] for row in chain} == {iri(museum["exhibit"])}

    (crafted,) = ask(store, "relics-of-a-living-craft")
    assert crafted["relic"] == iri(museum["relic"])
    assert crafted["element"] == iri(museum["element"])
    assert crafted["bearer"] == iri(museum["pupil"])

    (ancient,) = ask(store, "relics-before-christ")
    assert ancient["relic"] == iri(museum["relic"])


def ask(store: pyoxigraph.Store, slug: str) -> list[dict[str, str]]:
    (text,) = (
        one.text("zh-hans") for one in examples(museum_ids()) if one.slug.endswith(slug)
    )
    answer = store.query(text)
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [{name: row[name].value for name in names if row[name]} for row in answer]


def iri(record: Record) -> str:
    return str(museum_ids().thing(record.kind, record.key))
