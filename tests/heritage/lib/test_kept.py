"""Answers are kept as long as nothing is committed, and no longer."""

from collections.abc import Iterator
from itertools import count

import pytest
from django.contrib.auth.models import Group
from django.db import transaction

from heritage.lib.kept import Kept


@pytest.fixture
def numbers() -> Iterator[int]:
    return count()


@pytest.mark.django_db(transaction=True)
def test_it_is_built_once_until_something_is_committed(numbers: Iterator[int]) -> None:
    kept: Kept[int] = Kept(2)
    assert [kept.get("a", numbers.__next__) for _n in range(3)] == [0, 0, 0]
    Group.objects.create(name="new")
    assert kept.get("a", numbers.__next__) == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_for_longest_ago_goes_first(numbers: Iterator[int]) -> None:
    kept: Kept[int] = Kept(2)
    asked = [
        kept.get(name, numbers.__next__) for name in ("a", "b", "a", "c", "a", "b")
    ]
    assert asked == [0, 1, 0, 2, 0, 3]


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_kept(numbers: Iterator[int]) -> None:
    kept: Kept[int] = Kept(2)
    with transaction.atomic():
        assert [kept.get("a", numbers.__next__) for _n in range(2)] == [0, 1]
    assert kept.get("a", numbers.__next__) == 2


@pytest.mark.django_db(transaction=True)
def test_that_there_is_none_is_asked_again() -> None:
    kept: Kept[int | None] = Kept(2)
    found: list[int | None] = [None, 7, 8]
    assert [kept.get("a", lambda: found.pop(0)) for _n in range(3)] == [None, 7, 7]
