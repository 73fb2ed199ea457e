"""What the builders say, node by node."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pyoxigraph
import pytest
from rdflib import DCTERMS, RDF, RDFS, XSD, BNode, Graph, Literal

from knowledge_graph.namespaces import AAT, CRM, CRMDIG, LA, Ids, part
from knowledge_graph.patterns import (
    Acquisition,
    Dimension,
    Identifier,
    Kind,
    Production,
    Span,
    Transmission,
    acquisition,
    canonical_json,
    dimension,
    exhibit_item,
    identifier,
    learned_from,
    names,
    parameters_of,
    production,
    relic,
    technique_of,
    time_span,
    transmission,
)
from tests.knowledge_graph.museum import (
    BELL,
    CASTING,
    DELIVERY,
    EXHIBIT,
    HEADSET,
    IDS,
    MASTER,
    MASTER_WANG,
    PARAMETERS,
    PUPIL_LI,
    RUN,
    SCANS,
    graph_of,
    museum,
)


@pytest.fixture(scope="module")
def whole() -> Graph:
    return museum()


def test_base_iri_with_and_without_slash_are_the_same() -> None:
    assert Ids("https://museum.example/") == IDS
    assert str(IDS.thing("relic", "a b/c")) == (
        "https://museum.example/id/relic/a%20b%2Fc"
    )
    assert str(IDS.graph("relic", "k")) == "https://museum.example/graph/relic/k"
    assert str(IDS.concept("grade", "first")) == (
        "https://museum.example/vocab/grade/first"
    )


@pytest.mark.parametrize("base", ["museum.example", "", "/id"])
def test_a_base_that_is_no_iri_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="absolute base IRI"):
        Ids(base)


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="empty segment"):
        IDS.thing("relic", "")


def test_misspelt_crmdig_terms_do_not_exist() -> None:
    with pytest.raises(AttributeError):
        _ = CRMDIG.L21_used_as_source


def test_no_pattern_makes_a_blank_node(whole: Graph) -> None:
    assert not [t for triple in whole for t in triple if isinstance(t, BNode)]


def test_every_node_lies_under_the_base_or_in_a_known_vocabulary(whole: Graph) -> None:
    subjects = {str(subject) for subject in whole.subjects()}
    assert all(one.startswith(IDS.base) for one in subjects)


def test_building_twice_gives_the_same_lines(whole: Graph) -> None:
    assert lines(museum()) == lines(whole)


def test_every_triple_is_kept_by_oxigraph_as_it_is(whole: Graph) -> None:
    text = whole.serialize(format="nt")
    read = list(pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.N_TRIPLES))
    assert len(read) == len(whole)


def test_years_before_christ_are_written_in_full() -> None:
    subject = part(BELL, "production")
    graph = graph_of(time_span(IDS, subject, Span(-205, 25)))
    span = part(subject, "span")
    begin = graph.value(span, CRM.P82a_begin_of_the_begin)
    end = graph.value(span, CRM.P82b_end_of_the_end)
    assert (str(begin), str(end)) == ("-0205-01-01T00:00:00Z", "0025-12-31T23:59:59Z")
    assert graph.value(span, IDS.vocab.beginYear) == Literal(-205)
    assert graph.value(span, IDS.vocab.endYear) == Literal(25)


def test_writing_years_before_christ_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    list(time_span(IDS, BELL, Span(-1999999, -205)))
    assert not caplog.records


def test_oxigraph_compares_years_before_christ() -> None:
    graph = graph_of(time_span(IDS, BELL, Span(-205, 25)))
    store = pyoxigraph.Store()
    store.load(
        graph.serialize(format="nt").encode(), format=pyoxigraph.RdfFormat.N_TRIPLES
    )
    early = f"""ASK {{ ?s <{CRM.P82a_begin_of_the_begin}> ?a ; <{CRM.P82b_end_of_the_end}> ?b .
        FILTER(?a < ?b) }}"""
    assert bool(store.query(early))


def test_a_day_lasts_until_its_last_second_and_zones_become_utc() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=8)))
    graph = graph_of(time_span(IDS, BELL, Span(noon, date(2026, 3, 1))))
    span = part(BELL, "span")
    assert str(graph.value(span, CRM.P82a_begin_of_the_begin)) == "2026-03-01T04:00:00Z"
    assert str(graph.value(span, CRM.P82b_end_of_the_end)) == "2026-03-01T23:59:59Z"
    assert graph.value(span, IDS.vocab.beginYear) == Literal(2026)


def test_a_time_without_zone_is_refused() -> None:
    naive = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        list(time_span(IDS, BELL, Span(naive, None)))


@pytest.mark.parametrize("span", [None, Span(), Span(text={"en": ""})])
def test_an_unknown_time_says_nothing(span: Span | None) -> None:
    assert not list(time_span(IDS, BELL, span))


def test_a_text_alone_is_kept() -> None:
    graph = graph_of(time_span(IDS, BELL, Span(text={"zh-Hans": "唐天宝年间"})))
    assert Literal("唐天宝年间", lang="zh-Hans") in set(graph.objects())


def test_names_stand_once_per_language_and_as_labels() -> None:
    graph = graph_of(names(IDS, BELL, {"zh-Hans": "钟", "en": "Bell", "zh-Hant": " "}))
    assert set(graph.objects(BELL, RDFS.label)) == {
        Literal("钟", lang="zh-Hans"),
        Literal("Bell", lang="en"),
    }
    chinese = part(BELL, "name", "zh-Hans")
    assert graph.value(chinese, CRM.P2_has_type) == AAT["300404670"]
    assert graph.value(chinese, CRM.P190_has_symbolic_content) == Literal(
        "钟", lang="zh-Hans"
    )


def test_two_numbers_of_one_type_are_two_nodes() -> None:
    graph = graph_of(
        identifier(IDS, BELL, Identifier("1", "other")),
        identifier(IDS, BELL, Identifier("1/2", "other")),
    )
    assert len(set(graph.objects(BELL, CRM.P1_is_identified_by))) == 2


def test_only_what_is_known_is_said() -> None:
    graph = graph_of(relic(IDS, BELL, Kind()), production(IDS, BELL, Production()))
    making = part(BELL, "production")
    assert set(graph) == {
        (BELL, RDF.type, CRM["E22_Human-Made_Object"]),
        (making, RDF.type, CRM.E12_Production),
        (making, CRM.P108_has_produced, BELL),
    }


def test_grade_is_an_act_and_never_a_bare_type(whole: Graph) -> None:
    first = IDS.concept("grade", "first")
    assert (BELL, CRM.P2_has_type, first) not in whole
    (act,) = whole.subjects(CRM.P42_assigned, first)
    assert whole.value(act, CRM.P41_classified) == BELL


def test_limits_of_a_dimension_lie_round_its_value(whole: Graph) -> None:
    node = part(BELL, "dimension", "height-caliper")
    limits = CRM.P90a_has_lower_value_limit, CRM.P90b_has_upper_value_limit
    low, high = (whole.value(node, limit) for limit in limits)
    assert isinstance(low, Literal)
    assert isinstance(high, Literal)
    assert (low.toPython(), high.toPython()) == (Decimal("11.25"), Decimal("11.35"))


def test_caliper_card_and_scan_are_told_apart(whole: Graph) -> None:
    def acts(key: str) -> list[object]:
        node = part(BELL, "dimension", key)
        found = whole.subjects(CRM.P40_observed_dimension, node)
        return [set(whole.objects(act, RDF.type)) for act in found]

    assert acts("height-caliper") == [{CRM.E16_Measurement}]
    assert acts("height-scan") == [{CRM.E16_Measurement, CRMDIG.D10_Software_Execution}]
    assert acts("mass-card") == []
    reading = part(BELL, "measurement", "height-scan")
    assert whole.value(reading, CRMDIG.L2_used_as_source) == MASTER


def test_small_numbers_are_never_written_with_an_exponent() -> None:
    tiny = Dimension("thickness", Decimal("1E-7"), "m", uncertainty=Decimal("1E-8"))
    values = set(graph_of(dimension(IDS, BELL, tiny)).objects())
    assert {"0.0000001", "0.00000009", "0.00000011"} <= {str(value) for value in values}


@pytest.mark.parametrize(
    ("source", "classes"),
    [
        ("purchase", {"E96_Purchase", "E8_Acquisition", "E10_Transfer_of_Custody"}),
        ("donation", {"E8_Acquisition", "E10_Transfer_of_Custody"}),
        ("exchange", {"E7_Activity"}),
        ("allocation", {"E10_Transfer_of_Custody"}),
        ("handover", {"E10_Transfer_of_Custody"}),
        ("old-holding", {"E10_Transfer_of_Custody"}),
        ("excavation", {"E10_Transfer_of_Custody"}),
        ("surface-collection", {"E10_Transfer_of_Custody"}),
        ("selection", {"E10_Transfer_of_Custody"}),
        ("other", {"E7_Activity"}),
    ],
)
def test_each_source_has_its_event(source: str, classes: set[str]) -> None:
    graph = graph_of(acquisition(IDS, BELL, Acquisition(source)))
    node = part(BELL, "acquisition")
    assert set(graph.objects(node, RDF.type)) == {CRM[name] for name in classes}
    assert graph.value(node, CRM.P2_has_type) == IDS.concept("source", source)
    assert (part(BELL, "find") in set(graph.subjects())) is (
        source in {"excavation", "surface-collection"}
    )
    received = part(node, "received")
    assert ((received, RDF.type, CRM.E10_Transfer_of_Custody) in graph) is (
        source == "exchange"
    )


def test_a_technique_link_needs_nothing_of_the_records_it_joins() -> None:
    triples = list(technique_of(BELL, CASTING))
    assert triples == [
        (
            part(BELL, "production"),
            CRM.P33_used_specific_technique,
            part(CASTING, "know-how"),
        )
    ]


def test_learned_from_points_from_apprentice_to_master() -> None:
    taught = Transmission(MASTER_WANG, PUPIL_LI, CASTING)
    (triple,) = learned_from(IDS, taught)
    assert triple == (PUPIL_LI, IDS.vocab.learnedFrom, MASTER_WANG)
    lesson = IDS.thing("transmission", "1")
    assert (lesson, CRM.P14_carried_out_by, MASTER_WANG) in set(
        transmission(IDS, lesson, taught)
    )


def test_an_exhibit_shows_things_and_models() -> None:
    assert set(exhibit_item(EXHIBIT, BELL, models=(HEADSET,))) == {
        (BELL, LA.member_of, part(EXHIBIT, "set")),
        (EXHIBIT, CRM.P16_used_specific_object, HEADSET),
    }


def test_parameters_are_kept_as_json_and_one_by_one(whole: Graph) -> None:
    node = parameters_of(RUN, PARAMETERS)
    assert whole.value(RUN, CRMDIG.L13_used_parameters) == node
    content = whole.value(node, CRM.P190_has_symbolic_content)
    assert str(content) == canonical_json(PARAMETERS)
    settings = {
        str(whole.value(one, RDFS.label)): whole.value(one, RDF.value)
        for one in whole.objects(node, CRM.P106_is_composed_of)
    }
    assert settings == {
        "voxel_mm": Literal(0.5),
        "depth": Literal(9),
        "exact": Literal("true", datatype=XSD.boolean),
        "name": Literal("青铜"),
        "box": Literal("[1,2]"),
    }


def test_the_name_of_parameters_follows_their_values_not_their_order() -> None:
    assert parameters_of(RUN, {"a": 1, "b": 2}) == parameters_of(RUN, {"b": 2, "a": 1})
    assert parameters_of(RUN, {"a": 1}) != parameters_of(RUN, {"a": 2})


def test_a_model_represents_the_relic_and_is_a_visual_item(whole: Graph) -> None:
    assert (HEADSET, CRM.P138_represents, BELL) in whole
    assert {CRM.E36_Visual_Item, CRMDIG.D1_Digital_Object} <= set(
        whole.objects(HEADSET, RDF.type)
    )
    assert whole.value(HEADSET, DCTERMS["format"]) == Literal("model/gltf-binary")
    assert whole.value(DELIVERY, CRMDIG.L21_used_as_derivation_source) == MASTER
    assert set(whole.objects(RUN, CRMDIG.L2_used_as_source)) == set(SCANS)


def lines(graph: Graph) -> list[str]:
    return sorted(graph.serialize(format="nt").splitlines())
