"""The vocabularies are whole, and official where a register is."""

import itertools
import re
import unicodedata

import pytest
from rdflib import RDF, SKOS, XSD, Graph, Literal, URIRef

from knowledge_graph.namespaces import CRM
from knowledge_graph.vocabulary import (
    UnknownVocabulary,
    load,
    names,
    period_names,
    terms_graph,
    vocabulary_graph,
)
from knowledge_graph.years import YearSpan
from tests.knowledge_graph.museum import IDS

# Characters that only the simplified script has, of those our labels could use.
SIMPLIFIED_ONLY = set(
    "东丝严个乐书买产仪会传体关内协单发号吴围国图备学宝实宽对层属币师庆开录态总战报拨拣损换据数断旧时显晋术"
    "机杂来构标档残毁汉测点烧状现玺画码砖积称稳类级纪纸组织绘统绣维编网艺节药蚀见规认记设证识详语调财账质购"
    "资赠践辅输辽运进选遗邮钱铁铜银锤镂镶长门间陈页项馆齐龙竞刘孙触装奥领凭复后历几"
)


@pytest.mark.parametrize("name", names())
def test_every_concept_has_a_label_in_three_scripts(name: str) -> None:
    for concept in load(name).concepts:
        assert set(concept.labels) == {"zh-Hans", "zh-Hant", "en"}, concept.slug
        assert re.fullmatch(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", concept.slug)
        assert len(concept.slug) <= 60
        assert not set(concept.labels["zh-Hant"]) & SIMPLIFIED_ONLY
        for text in concept.labels.values():
            assert text == unicodedata.normalize("NFC", text).strip()


@pytest.mark.parametrize("name", names())
def test_labels_tell_the_concepts_of_a_vocabulary_apart(name: str) -> None:
    for language in ("zh-Hans", "en"):
        labels = [concept.labels[language] for concept in load(name).concepts]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", names())
def test_every_vocabulary_is_sound_skos(name: str) -> None:
    graph = vocabulary_graph(name, IDS)
    scheme = IDS.scheme(name)
    assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    assert concepts == {IDS.concept(name, one.slug) for one in load(name).concepts}
    for concept in concepts:
        assert graph.value(concept, SKOS.inScheme) == scheme
        broader = set(graph.objects(concept, SKOS.broader))
        assert broader <= concepts
        assert concept not in set(graph.transitive_objects(concept, SKOS.broader)) - {
            concept
        }
        assert bool(broader) != ((concept, SKOS.topConceptOf, scheme) in graph)


def test_matches_within_the_house_lead_somewhere() -> None:
    inside = re.compile(re.escape(str(IDS.vocab)) + r"([a-z-]+)/([a-z0-9-]+)")
    for name in names():
        graph = vocabulary_graph(name, IDS)
        for match in (SKOS.broadMatch, SKOS.closeMatch, SKOS.exactMatch):
            for target in graph.objects(None, match):
                found = inside.fullmatch(str(target))
                assert found is None or found[2] in load(found[1])


def test_categories_are_the_register_s_35_in_order() -> None:
    categories = load("category").concepts
    assert [one.notation for one in categories] == [str(n) for n in range(1, 36)]
    assert categories[0].labels["zh-Hans"] == "玉石器、宝石"
    assert categories[2].label("zh-hant") == "瓷器"
    assert categories[34].labels["zh-Hans"] == "其他"


def test_no_union_bucket_claims_to_be_the_same_as_something_else() -> None:
    graph = vocabulary_graph("category", IDS)
    assert not list(graph.triples((None, SKOS.exactMatch, None)))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("category", 35),
        ("grade", 5),
        ("completeness", 4),
        ("preservation", 4),
        ("source", 10),
        ("acquired-range", 5),
        ("count-kind", 2),
        ("mass-range", 6),
        ("number-type", 8),
        ("ich-category", 10),
        ("ich-level", 4),
        ("unesco-domain", 5),
        ("unesco-list", 3),
        ("protection-level", 5),
    ],
)
def test_official_lists_have_their_length(name: str, count: int) -> None:
    assert len(load(name).concepts) == count


def test_intangible_categories_carry_single_roman_characters() -> None:
    codes = [one.notation for one in load("ich-category").concepts]
    assert codes == [chr(0x2160 + n) for n in range(10)]


def test_materials_have_three_levels_below_two_heads() -> None:
    materials = load("material")
    tops = [one.slug for one in materials.narrower("")]
    assert tops == ["single", "composite"]
    assert [one.slug for one in materials.narrower("single")] == [
        "organic",
        "inorganic",
    ]
    assert len(materials.narrower("organic")) == 11
    assert len(materials.narrower("inorganic")) == 13
    assert len(materials.narrower("composite")) == 3
    graph = vocabulary_graph("material", IDS)
    assert (IDS.concept("material", "jade-and-gems"), RDF.type, CRM.E57_Material) in (
        graph
    )


@pytest.mark.parametrize(
    ("slug", "begin", "end"),
    [
        ("xia", -2069, -1599),
        ("western-zhou", -1045, -770),
        ("warring-states", -474, -220),
        ("western-han", -205, 25),
        ("eastern-han", 25, 220),
        ("northern-wei", 386, 534),
        ("southern-dynasties-liang", 502, 557),
        ("liao", 907, 1125),
        ("yuan", 1206, 1368),
        ("qing", 1616, 1911),
        ("peoples-republic-of-china", 1949, None),
        ("1st-century-bce", -99, 0),
        ("20th-century-bce", -1999, -1900),
        ("15th-century", 1401, 1500),
        ("han", None, None),
    ],
)
def test_periods_have_the_register_s_spans(
    slug: str, begin: int | None, end: int | None
) -> None:
    period = load("period")[slug]
    assert (period.begin_year, period.end_year) == (begin, end)


def test_periods_begin_before_they_end_and_centuries_leave_no_gap() -> None:
    periods = load("period")
    for one in periods.concepts:
        if one.begin_year is not None and one.end_year is not None:
            assert one.begin_year < one.end_year
    centuries = [one for one in periods.narrower("gregorian") if "century" in one.slug]
    spans = [(one.begin_year, one.end_year) for one in centuries[1:]]
    assert len(spans) == 41
    for (_, end), (begin, _) in itertools.pairwise(spans):
        assert end is not None
        assert begin == end + 1


def test_years_are_whole_numbers_in_the_graph_too() -> None:
    graph = vocabulary_graph("period", IDS)
    tang = IDS.concept("period", "tang")
    year = graph.value(tang, IDS.vocab.beginYear)
    assert year == Literal(618)
    assert isinstance(year, Literal)
    assert year.datatype == XSD.integer
    assert (tang, RDF.type, CRM.E4_Period) in graph


def test_groups_span_their_parts_in_every_language() -> None:
    known = period_names()
    assert (
        known["汉"]
        == known["漢"]
        == known["han dynasty"]
        == known["han"]
        == YearSpan(-205, 220)
    )
    assert known["宋"] == YearSpan(960, 1279)
    assert known["周"] == YearSpan(-1045, -255)
    assert known["南北朝"] == YearSpan(386, 589)
    assert known["刘宋"] == YearSpan(420, 479)
    assert "公历纪年" not in known
    assert "中国历史学年代" not in known


def test_choices_come_in_order_and_in_the_language_asked_for() -> None:
    grades = load("grade")
    assert grades.choices("zh-hans")[0] == ("first", "一级")
    assert grades.choices("zh-TW")[0] == ("first", "一級")
    assert grades.choices("de")[0] == ("first", "first grade")


def test_a_slug_no_longer_known_is_shown_as_it_is() -> None:
    assert load("grade").label("fourth", "en") == "fourth"
    assert "fourth" not in load("grade")


def test_an_unknown_vocabulary_is_named() -> None:
    with pytest.raises(UnknownVocabulary, match="no-such"):
        load("no-such")
    with pytest.raises(UnknownVocabulary, match=r"\.\./x"):
        vocabulary_graph("../x", IDS)


def test_our_own_properties_are_all_defined() -> None:
    graph: Graph = terms_graph(IDS)
    defined = {str(one) for one in graph.subjects(RDF.type, RDF.Property)}
    assert defined == {
        str(URIRef(IDS.vocab + name))
        for name in (
            "beginYear",
            "endYear",
            "isStated",
            "learnedFrom",
            "limit",
            "matches",
            "withinMetres",
        )
    }
