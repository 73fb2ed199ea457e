"""The index says what the records say: step by step, or made anew."""

import random
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from heritage.catalogue.models import Collection, Relic, Term
from heritage.search import keeper as keeper_module
from heritage.search import registry
from heritage.search.asked import Token, is_met
from heritage.search.documents import PUBLIC, Document, RecordName, Source
from heritage.search.index import IndexInUse, NoIndex, digests, open_writer
from heritage.search.keeper import Keeper, find_drift
from heritage.search.models import IndexChange
from tests.heritage.factories import make_place, make_relic

from .desk import ask, found, keep_up

pytestmark = pytest.mark.django_db
WORDS = ("龙", "凤", "瓶", "碗", "鼎", "vase", "lotus", "唐", "宋代")


def stored() -> list[tuple[RecordName, str]]:
    return sorted(digests())


def change_something(rng: random.Random, collection: Collection) -> None:
    relics = list(Relic.objects.all())
    verb = rng.choice(("add", "add", "rename", "release", "delete", "place"))
    if verb == "add" or not relics:
        make_relic(collection, name_zh="".join(rng.choices(WORDS, k=3)))
        return
    relic = rng.choice(relics)
    if verb == "rename":
        relic.name_en = rng.choice(WORDS)
        relic.save()
    elif verb == "release":
        states = (Relic.State.RELEASED, Relic.State.WITHDRAWN)
        Relic.objects.filter(pk=relic.pk).update(state=rng.choice(states))
    elif verb == "delete":
        relic.delete()
    else:
        relic.made_at = make_place(collection, name_zh=rng.choice(WORDS))
        relic.save()


class UndoneError(Exception):
    """Takes a transaction back."""


def add_place(collection: Collection, *, then: type[UndoneError] | None = None) -> None:
    make_place(collection, key="same")
    if then is not None:
        raise then


@pytest.mark.parametrize("seed", [1, 2])
def test_any_changes_end_as_a_rebuild_does(seed: int, collection: Collection) -> None:
    rng = random.Random(seed)  # noqa: S311  # repeats
    keep_up()
    for _round in range(4):
        for _change in range(6):
            change_something(rng, collection)
        keep_up()
    in_steps = stored()
    assert list(find_drift()) == []
    call_command("search", "rebuild", stdout=StringIO())
    assert stored() == in_steps
    assert {name.kind for name, _ in in_steps} >= {"relic", "term"}


def test_check_tells_what_differs(collection: Collection) -> None:
    relic = make_relic(collection)
    keep_up()
    out = StringIO()
    call_command("search", "check", stdout=out)
    Relic.objects.filter(pk=relic.pk).update(name_zh="别的")
    with pytest.raises(CommandError):
        call_command("search", "check", stdout=out)
    assert f"different\trelic/{relic.key}" in out.getvalue()


def test_a_changed_term_is_understood_at_once(collection: Collection) -> None:
    relic = make_relic(collection, state=Relic.State.RELEASED)
    keep_up()
    relics = {"kind": ["kind:relic"]}
    assert found("吉金", facets=relics) == []
    copper = Term.objects.get(vocabulary="material", slug="copper")
    copper.other_names = ["吉金"]
    copper.save()
    assert found("吉金", facets=relics) == [relic.key]
    keep_up()
    assert "material/copper" in found("吉金")


def test_one_process_writes() -> None:
    with open_writer(), pytest.raises(IndexInUse):
        open_writer().__enter__()


def test_a_running_keeper_is_asked_to_rebuild(collection: Collection) -> None:
    make_relic(collection)
    with open_writer() as writer:
        keeper = Keeper(writer)
        keeper.drain()
        call_command("search", "rebuild", stdout=StringIO())
        assert IndexChange.objects.filter(kind="*").exists()
        keeper.drain()
        assert not IndexChange.objects.exists()


def test_without_an_index_nothing_is_claimed(collection: Collection) -> None:
    with pytest.raises(NoIndex):
        ask("鼎")


def test_a_change_that_is_undone_is_not_asked_for(collection: Collection) -> None:
    keep_up()
    with transaction.atomic():
        with pytest.raises(UndoneError), transaction.atomic():
            add_place(collection, then=UndoneError)
        assert not IndexChange.objects.exists()
        add_place(collection)
    assert IndexChange.objects.filter(kind="place", key="same").count() == 1


def test_a_record_that_cannot_be_described_stops_no_other(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_up()
    bad, good = make_relic(collection), make_relic(collection)
    sound = registry.sources()["relic"]

    def describe(relic: Any, person: Any) -> Any:
        if relic.pk == bad.pk:
            raise ValueError("broken")
        return sound.describe(relic, person)

    broken = Source(Relic, describe, sound.related, sound.parts)
    monkeypatch.setitem(registry.sources(), "relic", broken)
    keep_up()
    assert IndexChange.objects.get(key=bad.key).error == "ValueError: broken"
    assert not IndexChange.objects.filter(key=good.key).exists()
    call_command("search", "rebuild", stdout=StringIO())
    assert IndexChange.objects.get(key=bad.key).error == "ValueError: broken"
    assert {name.key for name, _ in stored()} & {bad.key, good.key} == {good.key}
    assert [(d.name.key, d.fault) for d in find_drift()] == [(bad.key, "undescribed")]
    monkeypatch.setitem(registry.sources(), "relic", sound)
    bad.save()
    keep_up()
    assert not IndexChange.objects.exists()


def test_killed_after_the_commit_it_does_the_same_again(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_up()
    relic = make_relic(collection, state=Relic.State.RELEASED)

    def be_killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(keeper_module, "_settle", be_killed)
        with pytest.raises(KeyboardInterrupt):
            keep_up()
    assert IndexChange.objects.filter(key=relic.key).exists()
    first = stored()
    keep_up()
    assert stored() == first
    assert not IndexChange.objects.exists()
    assert list(find_drift()) == []


def test_of_very_long_records_the_first_texts_are_looked_through() -> None:
    chapter = "".join(chr(0x4E00 + number) for number in range(20_000))
    texts = ("amphora", *[chapter] * 20, "celadon")
    document = Document(RecordName("exhibit", "long"), texts=texts)
    assert is_met(Token("text_en", "amphora"), document)
    assert not is_met(Token("text_en", "celadon"), document)


def test_a_text_of_the_longest_kind_fits_every_index(collection: Collection) -> None:
    rng = random.Random(1)  # noqa: S311  # repeats
    rare = [chr(number) for number in range(0x20000, 0x2A000)]
    texts = tuple("".join(rng.choices(rare, k=20_000)) for _ in range(20))
    document = Document(RecordName("exhibit", "long"), (PUBLIC,), texts=texts)
    keep_up()
    with open_writer() as writer:
        writer.replace([], [document])
    assert (document.name, document.digest) in stored()


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the embedded index takes all of these"
)
@pytest.mark.parametrize(
    "beyond",
    [{"begin_year": 2**70}, {"numbers": [f"{number:0400}" for number in range(3_000)]}],
    ids=["out of range", "too many words"],
)
def test_a_document_that_the_index_cannot_hold_stops_no_other(
    beyond: dict[str, Any], collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_up()
    bad, good = make_relic(collection), make_relic(collection)
    sound = registry.sources()["relic"]

    def describe(relic: Any, person: Any) -> Document:
        document = sound.describe(relic, person)
        return replace(document, **beyond) if relic.pk == bad.pk else document

    large = Source(Relic, describe, sound.related, sound.parts)
    monkeypatch.setitem(registry.sources(), "relic", large)
    keep_up()
    for _again in range(2):
        assert IndexChange.objects.get().key == bad.key
        assert IndexChange.objects.get().error.startswith("Unfit: ")
        assert {name.key for name, _ in stored()} & {bad.key, good.key} == {good.key}
        call_command("search", "rebuild", stdout=StringIO())
