"""The registration record: datings read, numbers checked, gaps and doubts told."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from heritage.catalogue.actions.datings import read_datings
from heritage.catalogue.actions.periods import load_periods
from heritage.catalogue.identifiers import fault_of, normalise
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import (
    Collection,
    Dimension,
    ExternalIdentifier,
    RareBook,
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicName,
    RelicNumber,
)
from heritage.catalogue.profile import (
    acquired_range_of,
    find_doubts,
    find_profile_gaps,
    mass_range_of,
)
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph.namespaces import CRM
from tests.heritage.factories import make_person, make_relic


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "begin", "end", "slug"),
    [
        ("唐天宝年间", 742, 756, "tang"),
        ("前206", -205, -205, None),
        ("约15世纪", 1401, 1500, None),
        ("宋-元", 960, 1368, None),
    ],
)
def test_years_are_kept_beside_the_text(
    collection: Collection, text: str, begin: int, end: int, slug: str | None
) -> None:
    load_periods()
    relic = make_relic(collection, period_text=text)
    relic.refresh_from_db()
    assert (relic.period_text, relic.dating_doubt) == (text, "")
    assert (relic.begin_year, relic.end_year) == (begin, end)
    assert relic.is_approximate == text.startswith("约")
    if slug is not None:
        assert relic.period is not None
        assert relic.period.slug == slug


@pytest.mark.django_db
def test_years_before_christ_sort_before_those_after(collection: Collection) -> None:
    texts = ["唐", "前206", "公元25", "战国时代", "前1世纪"]
    for text in texts:
        make_relic(collection, period_text=text)
    ordered = Relic.objects.order_by("begin_year").values_list("period_text", flat=True)
    assert list(ordered) == ["战国时代", "前206", "前1世纪", "公元25", "唐"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "text",
    [
        "天宝年间",
        "大概很久",
        "新石器时代",
        "康熙六十二年",
        "甲子年",
        "前475-221",
        "明-唐",
    ],
)
def test_a_dating_in_doubt_is_kept_and_told(
    collection: Collection, text: str, language: str
) -> None:
    relic = make_relic(collection, period_text=text)
    assert (relic.begin_year, relic.period_text) == (None, text)
    assert relic.dating_doubt
    with override(language):
        assert any(text in doubt or "康熙" in doubt for doubt in find_doubts(relic))
    relic.begin_year = relic.end_year = 750
    relic.save()
    assert relic.dating_doubt == ""


@pytest.mark.django_db
def test_given_years_that_the_text_denies_are_doubted(collection: Collection) -> None:
    relic = make_relic(collection, period_text="唐", begin_year=1368, end_year=1644)
    assert (relic.begin_year, relic.dating_doubt) == (1368, "disagrees")
    relic.period_text = "约15世纪"
    relic.save(update_fields=["period_text"])
    relic.refresh_from_db()
    assert (relic.dating_doubt, relic.is_approximate) == ("", True)
    relic.period_text = "看不清"
    relic.save(update_fields=["period_text"])
    relic.refresh_from_db()
    assert (relic.dating_doubt, relic.is_approximate) == ("", False)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("census", "1" * 22, "1" * 20),
        ("census", "1" * 21, "1" * 21 + "x"),
        ("culture-data", "3501A01030024080100003", "3501a01030024080100003"),
        ("isli", "ISLI 123456-789-X", "12345-789"),
        ("wikidata", "Q42", "42"),
        ("work-registration", "国作登字-2021-F-00123456", "国作登字2021"),
    ],
)
def test_identifiers_are_held_to_their_form(kind: str, right: str, wrong: str) -> None:
    assert fault_of(kind, right) == ""
    assert fault_of(kind, wrong).endswith((".", "。"))


def test_full_width_digits_are_digits() -> None:
    assert normalise("　１２３ － ４ ") == "123-4"


@pytest.mark.django_db
def test_a_census_number_belongs_to_one_relic(collection: Collection) -> None:
    one, other = make_relic(collection), make_relic(collection)
    said = {"type": "census", "identifier": "２" * 22}
    first = ExternalIdentifier(relic=one, **said)
    first.full_clean()
    first.save()
    assert first.identifier == "2" * 22
    with pytest.raises(ValidationError):
        ExternalIdentifier(relic=other, **said).full_clean()
    ExternalIdentifier(relic=one, type="photograph", identifier="P-1").full_clean()


@pytest.mark.django_db
def test_gaps_of_the_minimum_profile_are_named(collection: Collection) -> None:
    relic = make_relic(collection)
    with override("en"):
        before = find_profile_gaps(relic)
    assert {"holder", "completeness", "period", "mass or mass range"} <= set(before)
    relic.holder = make_person(collection, type="group")
    relic.completeness, relic.preservation = "complete", "stable"
    relic.source, relic.acquired_range = "purchase", "since-2001"
    relic.period_text, relic.mass_range = "商", "1-to-50-kg"
    relic.save()
    Dimension.objects.create(relic=relic, kind="height", value=25.5)
    assert find_profile_gaps(relic) == []


@pytest.mark.django_db
def test_what_does_not_fit_together_is_told(collection: Collection) -> None:
    relic = make_relic(
        collection,
        name_zh="商代铜鼎",
        mass_range="under-10-g",
        acquired_year=1980,
        acquired_range="1966-1976",
        actual_count=3,
    )
    assert len(find_doubts(relic)) == 2
    Dimension.objects.create(relic=relic, kind="mass", value=1500, unit="g")
    assert len(find_doubts(relic)) == 3
    relic.name_zh = "铜鼎"
    assert len(find_doubts(relic)) == 4


@pytest.mark.django_db
def test_ranges_are_found() -> None:
    masses = [0.001, 0.01, 1, 49, 50, 999, 5000]
    assert [mass_range_of(mass) for mass in masses] == [
        "under-10-g", "10-g-to-1-kg", "1-to-50-kg", "1-to-50-kg", "50-to-100-kg",
        "100-to-1000-kg", "over-1000-kg",
    ]  # fmt: skip
    years = [1900, 1950, 1966, 2000, 2001]
    assert [acquired_range_of(year) for year in years] == [
        "before-1949", "1949-1965", "1966-1976", "1977-2000", "since-2001",
    ]  # fmt: skip


@pytest.mark.django_db
def test_materials_make_a_form(collection: Collection) -> None:
    relic = make_relic(collection)
    assert relic.material_form == "inorganic"
    RelicMaterial.objects.create(relic=relic, material="jade-and-gems")
    assert relic.material_form == "composite-inorganic"
    RelicMaterial.objects.create(relic=relic, material="wood")
    assert relic.material_form == "composite-mixed"


@pytest.mark.django_db
def test_a_set_does_not_lie_within_its_part(collection: Collection) -> None:
    whole = make_relic(collection, count_kind="set", actual_count=2)
    piece = make_relic(collection, part_of=whole, part_number="1")
    piece.full_clean()
    whole.part_of = piece
    with pytest.raises(ValidationError, match="part_of"):
        whole.full_clean()


@pytest.mark.django_db
def test_the_graph_has_names_numbers_themes_and_the_set(collection: Collection) -> None:
    whole = make_relic(collection, state="released")
    relic = make_relic(
        collection, state="released", part_of=whole, original_name="龙纹鼎"
    )
    RelicNumber.objects.create(relic=relic, type="fixed-asset", number="A-7")
    ExternalIdentifier.objects.create(relic=relic, type="wikidata", identifier="Q42")
    RelicName.objects.create(relic=relic, name="蟠龙鼎")
    RelicFacet.objects.create(relic=relic, facet="maritime")
    RareBook.objects.create(relic=relic, edition="明刻本")
    ids = museum_ids()
    triples = set(graphs.build(GraphName("relic", relic.key)).triples)
    subject = ids.thing("relic", relic.key)
    texts = {str(o) for _, p, o in triples if p == CRM.P190_has_symbolic_content}
    notes = {str(o) for _, p, o in triples if p == CRM.P3_has_note}
    assert {"龙纹鼎", "蟠龙鼎", "A-7", "Q42"} <= texts
    assert any("明刻本" in note for note in notes)
    assert (subject, CRM.P2_has_type, ids.concept("facet", "maritime")) in triples
    whole_iri = ids.thing("relic", whole.key)
    assert (subject, CRM.P46i_forms_part_of, whole_iri) in triples


@pytest.mark.django_db
def test_old_datings_are_read_once(collection: Collection) -> None:
    for text in ("唐", "天宝年间", ""):
        relic = make_relic(collection, period_text=text)
        rows = type(relic)._base_manager.filter(pk=relic.pk)
        # As a version before this one left it.
        rows.update(begin_year=None, end_year=None, dating_doubt="")
    assert read_datings() == (1, 1)
    assert read_datings() == (0, 1)
    assert set(Relic.objects.values_list("begin_year", "dating_doubt")) == {
        (618, ""),
        (None, "ambiguous"),
        (None, ""),
    }
