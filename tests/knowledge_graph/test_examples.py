"""The example queries answer what their titles ask."""

import pyoxigraph
import pytest

from knowledge_graph.examples import examples
from knowledge_graph.namespaces import Ids
from tests.knowledge_graph.museum import (
    BELL,
    CASTING,
    EXHIBIT,
    HEADSET,
    IDS,
    MASTER_WANG,
    PUPIL_LI,
    PUPIL_ZHAO,
    RUN,
    SCANS,
    museum,
)

Row = dict[str, str]


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    filled = pyoxigraph.Store()
    lines = museum().serialize(format="nt").encode()
    filled.load(lines, format=pyoxigraph.RdfFormat.N_TRIPLES)
    return filled


def ask(store: pyoxigraph.Store, slug: str, *, ids: Ids = IDS) -> list[Row]:
    (text,) = (
        one.text("zh-hans")
        for one in examples(ids)
        if one.slug.split("-", 1)[1] == slug
    )
    answer = store.query(text)
    assert isinstance(answer, pyoxigraph.QuerySolutions)
    variables = [variable.value for variable in answer.variables]
    return [
        {name: row[name].value for name in variables if row[name]} for row in answer
    ]


def test_every_example_has_titles_in_both_languages() -> None:
    assert len(examples(IDS)) >= 25
    for example in examples(IDS):
        assert set(example.titles) == {"en", "zh-Hans"}
        assert example.title("en-gb") != example.title("zh-hans")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_query_is_headed_in_its_readers_language(language: str) -> None:
    for example in examples(IDS):
        first, second, *_ = example.text(language).splitlines()
        assert first == f"# {example.heading(language)}"
        assert second == f"BASE <{IDS.base}>"


def test_the_files_and_parameters_of_a_shown_model_are_found(
    store: pyoxigraph.Store,
) -> None:
    rows = ask(store, "files-and-parameters-of-a-model")
    assert [row["file"] for row in rows] == [str(iri) for iri in SCANS]
    assert [row["fileName"] for row in rows] == ["bell0.ply", "bell1.ply", "bell2.ply"]
    for row in rows:
        assert row["exhibit"] == str(EXHIBIT)
        assert row["model"] == str(HEADSET)
        assert row["run"] == str(RUN)
        assert '"voxel_mm":0.5' in row["parameters"]
        assert len(row["sha512"]) == 128


def test_relics_of_a_craft_with_living_bearers(store: pyoxigraph.Store) -> None:
    rows = ask(store, "relics-of-a-living-craft")
    assert {row["relic"] for row in rows} == {str(BELL)}
    assert {row["element"] for row in rows} == {str(CASTING)}
    assert {row["bearer"] for row in rows} == {str(PUPIL_LI), str(PUPIL_ZHAO)}
    assert {row["bearerName"] for row in rows} == {"李师傅", "赵师傅"}


def test_lineages_reach_back_over_generations(store: pyoxigraph.Store) -> None:
    pairs = {
        (row["bearer"], row["master"]) for row in ask(store, "lineage-of-a-bearer")
    }
    assert pairs == {
        (str(PUPIL_LI), str(MASTER_WANG)),
        (str(PUPIL_ZHAO), str(PUPIL_LI)),
        (str(PUPIL_ZHAO), str(MASTER_WANG)),
    }


def test_relics_before_christ_are_found_by_whole_years(store: pyoxigraph.Store) -> None:
    rows = ask(store, "relics-before-christ")
    assert {(row["relic"], row["begin"]) for row in rows} == {(str(BELL), "-205")}


def test_a_scan_that_disagrees_with_the_caliper_is_found(
    store: pyoxigraph.Store,
) -> None:
    (row,) = ask(store, "caliper-against-scan")
    assert (row["byHand"], row["onModel"]) == ("11.3", "11.42")


def test_examples_speak_of_the_museum_they_are_asked_in(
    store: pyoxigraph.Store,
) -> None:
    elsewhere = Ids("https://elsewhere.example")
    assert ask(store, "lineage-of-a-bearer", ids=elsewhere) == []
