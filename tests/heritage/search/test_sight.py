"""Nobody finds what he or she may not see, nor by words that he or she may not read."""

import pytest
from django.contrib.auth.models import User

from heritage.catalogue.actions import release, withdraw
from heritage.catalogue.models import Bearer, Collection, Period, Relic, Site
from heritage.search.keeper import find_drift
from heritage.search.models import IndexChange
from tests.heritage.factories import (
    make_bearer,
    make_collection,
    make_element,
    make_find_batch,
    make_place,
    make_relic,
    make_site,
    make_user,
)

from .desk import ask, found, keep_up

pytestmark = pytest.mark.django_db
RELEASED = Relic.State.RELEASED


@pytest.fixture
def draft(collection: Collection) -> Relic:
    return make_relic(
        collection, name_zh="错金银犀尊", name_en="Rhinoceros zun",
        store_location="密柜九号", source_note="捐赠人隐名",
    )  # fmt: skip


class TestDrafts:
    def test_a_curator_finds_a_draft_of_the_own_collection(
        self, draft: Relic, curator: User
    ) -> None:
        keep_up()
        assert found("犀尊", curator) == [draft.key]

    def test_a_volunteer_finds_it_but_not_by_what_curators_alone_know(
        self, draft: Relic, volunteer: User
    ) -> None:
        keep_up()
        assert found("犀尊", volunteer) == [draft.key]
        assert found("密柜九号", volunteer) == []
        assert found("捐赠人隐名", volunteer) == []

    def test_a_stranger_does_not(self, draft: Relic, stranger: User) -> None:
        keep_up()
        assert found("犀尊", stranger) == found("犀尊") == []

    def test_a_curator_of_another_collection_does_not(self, draft: Relic) -> None:
        keep_up()
        other = make_user(make_collection(name_zh="陶瓷馆"), "curator")
        assert found("犀尊", other) == []

    def test_an_administrator_does(self, draft: Relic) -> None:
        keep_up()
        assert found("犀尊", make_user(is_superuser=True)) == [draft.key]


def test_no_draft_decides_what_else_a_word_may_be(
    collection: Collection, curator: User
) -> None:
    bowl = make_relic(collection, name_en="Lotus bowl", state=RELEASED)
    draft = make_relic(collection, name_en="Lotuz jar")
    keep_up()
    relics = {"kind": ["kind:relic"]}
    # A word with a typo, as without the draft.
    assert found("lotuz", facets=relics) == [bowl.key]
    assert found("lotuz", curator, facets=relics) == [draft.key]


def test_a_period_that_is_a_draft_narrows_nothing_down(
    collection: Collection, curator: User
) -> None:
    period = Period.objects.create(collection=collection, slug="secret", name_zh="密")
    bowl = make_relic(collection, name_zh="碗", period=period, state=RELEASED)
    keep_up()
    chosen = {"period": ["period:secret"]}
    assert found("碗", facets=chosen) == []
    assert found("碗", curator, facets=chosen) == [bowl.key]
    assert ask("碗", counts=("period",)).counts["period"].values == ()
    release(period, by=curator)
    keep_up()
    assert list(find_drift()) == []
    assert found("碗", facets=chosen) == [bowl.key]


def test_each_record_is_found_once_by_those_who_work_with_it(
    collection: Collection, curator: User
) -> None:
    site = make_site(collection, state=RELEASED, shown_as=Site.Shown.HIDDEN)
    find = make_relic(
        collection, name_zh="双耳罐", state=RELEASED,
        find_place=make_place(collection, name_zh="石峁", state=RELEASED),
        find_batch=make_find_batch(site, state=RELEASED),
    )  # fmt: skip
    keep_up()
    for who in (curator, None, make_user(is_superuser=True)):
        assert found("双耳罐", who) == [find.key]
    # Where it was found is told to nobody who may not know where the site lies.
    relics = {"kind": ["kind:relic"]}
    assert found("石峁", curator, facets=relics) == [find.key]
    assert found("石峁", facets=relics) == []


@pytest.mark.parametrize("role", ["ledger-keeper", "store-keeper", "scholar"])
def test_who_reads_drafts_finds_them(
    draft: Relic, collection: Collection, role: str
) -> None:
    keep_up()
    assert found("犀尊", make_user(collection, role)) == [draft.key]


class TestWithdrawal:
    @pytest.fixture
    def relic(self, collection: Collection) -> Relic:
        return make_relic(collection, name_zh="错金银犀尊", state=RELEASED)

    def test_it_is_gone_before_the_index_has_heard_of_it(
        self, relic: Relic, curator: User
    ) -> None:
        keep_up()
        assert found("犀尊") == [relic.key]
        withdraw(relic, by=curator)
        answer = ask("犀尊", counts=("category",))
        assert (answer.hits, answer.total) == ((), 0)
        assert all(not one.values for one in answer.counts.values())

    def test_it_is_gone_from_the_index_as_well(
        self, relic: Relic, curator: User
    ) -> None:
        keep_up()
        withdraw(relic, by=curator)
        keep_up()
        assert not IndexChange.objects.exists()
        assert found("犀尊") == []
        assert found("犀尊", curator) == [relic.key]
        release(relic, by=curator)
        keep_up()
        assert found("犀尊") == [relic.key]

    def test_a_deleted_record_is_gone(self, relic: Relic) -> None:
        keep_up()
        relic.delete()
        assert found("犀尊") == []
        keep_up()
        assert found("犀尊") == []

    def test_words_taken_out_find_it_no_more_at_once(self, relic: Relic) -> None:
        keep_up()
        relic.name_zh = "铜尊"
        relic.save()
        assert found("犀尊") == []


def test_what_a_bearer_keeps_closed_is_no_way_to_find_him(
    collection: Collection, curator: User
) -> None:
    element = make_element(collection, state=RELEASED)
    bearer = make_bearer(
        element, state=RELEASED, works_zh="百花图屏", status=Bearer.Status.LIVING
    )
    keep_up()
    assert not bearer.open_life
    assert found("百花图屏") == []
    assert found("百花图屏", curator) == [bearer.key]
    scholar = make_user(collection, "scholar")
    assert found("百花图屏", scholar) == []
    assert bearer.key in found(bearer.name_zh, scholar)
    bearer.open_life = True
    bearer.save()
    keep_up()
    assert found("百花图屏") == [bearer.key]


def test_a_place_that_is_a_draft_leads_nowhere(
    collection: Collection, curator: User
) -> None:
    place = make_place(collection, name_zh="浮梁")
    relic = make_relic(collection, name_zh="碗", made_at=place, state=RELEASED)
    keep_up()
    assert found("浮梁") == []
    assert relic.key in found("浮梁", curator)
    release(place, by=curator)
    keep_up()
    assert relic.key in found("浮梁")  # its own document was not made again
