"""The vocabularies in the register: loaded once, kept, added to where that is allowed."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from rdflib import SKOS, Literal

from heritage.catalogue.actions.vocabularies import load_vocabularies
from heritage.catalogue.mentions import VOCABULARY, GraphName
from heritage.catalogue.models import Collection, Term, VocabularyEdition
from heritage.catalogue.vocabularies import load, look_again, offered
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph import vocabulary as shipped
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    """What a test has changed is rolled back behind the reader's back."""
    yield
    look_again()


def local(**values: object) -> Term:
    said = {
        "vocabulary": "material",
        "slug": "lacquer-on-cloth",
        "label_hans": "夹纻",
        "label_hant": "夾紵",
        "label_en": "dry lacquer",
        "broader": "organic",
    }
    return Term(**said | values)


@pytest.mark.parametrize("name", shipped.names())
def test_the_register_has_what_the_files_have(name: str) -> None:
    assert load(name) == shipped.load(name)


def test_loading_again_changes_nothing() -> None:
    before = list(Term.objects.order_by("pk").values())
    assert load_vocabularies() == 0
    VocabularyEdition.objects.filter(vocabulary="grade").update(digest="older")
    assert load_vocabularies() == 1
    assert list(Term.objects.order_by("pk").values()) == before
    assert VocabularyEdition.objects.get(vocabulary="grade").edition == 2


def test_a_term_that_left_its_file_is_kept_for_the_records_that_have_it() -> None:
    Term.objects.create(
        **{n: v for n, v in vars(local(slug="amber")).items() if n[0] != "_"}
        | {"is_local": False}
    )
    VocabularyEdition.objects.filter(vocabulary="material").update(digest="older")
    load_vocabularies()
    assert load("material").label("amber", "en") == "dry lacquer"
    assert "amber" not in {concept.slug for concept in offered("material")}


def test_a_museum_adds_a_material_and_uses_it(collection: Collection) -> None:
    term = local()
    term.full_clean()
    term.save()
    row = make_relic(collection).materials.get()
    row.material = "lacquer-on-cloth"
    row.full_clean()
    with override("zh-hans"):
        assert row.get_material_display() == str(row) == "夹纻"
    load_vocabularies()
    assert "lacquer-on-cloth" in load("material")


def test_its_own_terms_are_published_beside_ours() -> None:
    local().save()
    built = graphs.build(GraphName(VOCABULARY, "material"))
    concept = museum_ids().concept("material", "lacquer-on-cloth")
    broader = museum_ids().concept("material", "organic")
    assert (concept, SKOS.broader, broader) in built.triples
    assert (concept, SKOS.prefLabel, Literal("夹纻", lang="zh-Hans")) in built.triples
    assert len(built.triples) > len(list(Term.objects.filter(vocabulary="material")))


def test_a_term_without_a_traditional_name_is_published_without_one() -> None:
    local(label_hant="").save()
    built = graphs.build(GraphName(VOCABULARY, "material"))
    concept = museum_ids().concept("material", "lacquer-on-cloth")
    names = {o for s, p, o in built.triples if (s, p) == (concept, SKOS.prefLabel)}
    assert names == {Literal("夹纻", lang="zh-Hans"), Literal("dry lacquer", lang="en")}


def test_an_official_list_takes_no_term_of_our_own() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        local(vocabulary="category", broader="").save()


def test_a_broader_term_must_be_there() -> None:
    with pytest.raises(ValidationError, match="broader"):
        local(broader="no-such").full_clean()


def test_a_value_outside_the_vocabulary_is_refused(collection: Collection) -> None:
    relic = make_relic(collection)
    relic.grade = "fourth"
    with pytest.raises(ValidationError, match="grade"):
        relic.full_clean()


def test_a_curator_adds_terms_and_changes_none_of_ours(
    client: Client, curator: User, volunteer: User
) -> None:
    client.force_login(curator)
    ours = Term.objects.get(vocabulary="material", slug="wood")
    page = client.get(reverse("admin:catalogue_term_change", args=[ours.pk]))
    assert page.status_code == 200
    assert not page.context["has_change_permission"]
    said = {
        "vocabulary": "material", "slug": "amber", "label_hans": "琥珀",
        "label_hant": "琥珀", "label_en": "amber", "number": "900",
    }  # fmt: skip
    client.post(reverse("admin:catalogue_term_add"), said)
    added = Term.objects.get(slug="amber")
    assert added.is_local
    change = reverse("admin:catalogue_term_change", args=[added.pk])
    assert client.get(change).context["has_change_permission"]

    client.force_login(volunteer)
    assert client.get(reverse("admin:catalogue_term_add")).status_code == 403


def test_a_stranger_sees_no_list_of_terms(client: Client, stranger: User) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(reverse("admin:catalogue_term_changelist")).status_code == 403
