"""What is said aloud leaves the public graph when nobody may hear it any more."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from heritage.archive.actions.erase import ask_erasure, confirm_erasure
from heritage.archive.actions.retire import bring_back, retire
from heritage.catalogue.mentions import GraphName
from heritage.exhibits.models import Exhibit
from heritage.linked_data.graphs import build
from heritage.linked_data.models import Outbox
from tests.heritage.exhibits.conftest import exhibit
from tests.heritage.exhibits.test_narrations import make_narration
from tests.heritage.factories import make_relic, make_user

__all__ = ["exhibit"]

WORDS = "Three feet and two ears"


def keeper() -> User:
    user = make_user(is_staff=True, is_superuser=True)
    names = ["ask_erasure", "confirm_erasure"]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    return user


def said_anew(exhibit: Exhibit) -> bool:
    """Tell whether the words stand in the exhibit's graph, which must wait to be built."""
    name = GraphName("exhibit", exhibit.key)
    assert Outbox.objects.filter(kind=name.kind, key=name.key).exists()
    Outbox.objects.all().delete()
    return any(WORDS in str(triple) for triple in build(name).triples)


@pytest.fixture
def narration(exhibit: Exhibit) -> Any:
    row = make_narration(exhibit, item=exhibit.items.all()[0], transcript=WORDS)
    assert said_anew(exhibit)
    return row


def test_a_retired_sound_takes_its_words_along(
    exhibit: Exhibit, narration: Any
) -> None:
    retire(narration.sound, reason="the wrong voice", by=keeper())
    assert not said_anew(exhibit)
    bring_back(narration.sound, reason="it was right", by=keeper())
    assert said_anew(exhibit)


def test_an_erased_sound_takes_its_words_along(
    exhibit: Exhibit, narration: Any
) -> None:
    erasure = ask_erasure([narration.sound], ground="PIPL 47", by=keeper())
    confirm_erasure(erasure, by=keeper())
    assert not said_anew(exhibit)


def test_what_is_said_of_a_draft_leaves_the_graph(
    exhibit: Exhibit, narration: Any
) -> None:
    narration.item.relic = make_relic(exhibit.collection)
    narration.item.save()
    assert not said_anew(exhibit)
