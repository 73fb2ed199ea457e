"""Two people edit one form: nothing that was typed is ever lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from heritage.catalogue.merging import (
    MINE,
    THEIRS,
    Difference,
    Inline,
    Spot,
    Typed,
    find_differences,
    is_news,
    put_together,
    take_apart,
)

INLINE = Inline("rows", "id", frozenset({"id", "relic"}))
NAMES = ("name_zh", "name_en", "note")
WORDS = st.sampled_from(["", "甲", "乙", "two words", "line\nline"])
Form = dict[str, list[str]]


def form(fields: dict[str, str], rows: dict[str, str]) -> Form:
    """Post fields and rows (key to text) as a browser does."""
    out = {name: [text] for name, text in fields.items() if text}
    for place, (key, text) in enumerate(rows.items()):
        out |= {f"rows-{place}-id": [key if key.isdecimal() else ""],
                f"rows-{place}-relic": ["5"], f"rows-{place}-text": [text]}  # fmt: skip
    return out | {"rows-TOTAL_FORMS": [str(len(rows))]}


def known(typed: Typed) -> Typed:
    """What the server knows of its own form: every name, also of an empty field."""
    for name in NAMES:
        typed.fields.setdefault(name, [])
    return typed


def apart(one: Form) -> Typed:
    return known(take_apart(one, [INLINE]))


def differences(was: Form, mine: Form, theirs: Form) -> list[Difference]:
    return find_differences(apart(was), apart(mine), apart(theirs), [INLINE])


def test_who_changed_alone_is_chosen_and_both_are_asked() -> None:
    was = {"name_zh": "鼎", "name_en": "ding", "note": "a"}
    mine = was | {"name_zh": "大鼎", "note": "b"}
    theirs = was | {"name_en": "Ding", "note": "c"}
    found = differences(form(was, {}), form(mine, {}), form(theirs, {}))
    assert {one.spot.name: one.choice for one in found} == {
        "name_zh": MINE, "name_en": THEIRS, "note": "",
    }  # fmt: skip


def test_rows_are_known_by_their_keys_not_their_places() -> None:
    was = form({}, {"7": "copper", "8": "tin"})
    mine = form({}, {"7": "copper", "8": "lead"})
    theirs = form({}, {"8": "tin", "9": "gold"})
    [found] = differences(was, mine, theirs)
    assert (found.spot, found.mine, found.choice) == (
        Spot("rows", "8", "text"), ["lead"], MINE,
    )  # fmt: skip


def test_a_row_they_deleted_and_i_changed_is_asked_about() -> None:
    was, mine = form({}, {"7": "copper"}), form({}, {"7": "bronze"})
    [found] = differences(was, mine, form({}, {}))
    assert (found.spot.name, found.mine, found.choice) == ("", ["bronze"], "")
    again = put_together(apart(mine), apart(form({}, {})), {found.spot: MINE}, [INLINE])
    assert (again["rows-0-text"], again["rows-INITIAL_FORMS"]) == (["bronze"], ["0"])
    assert "rows-0-id" not in again


def test_deleting_what_somebody_else_changed_is_asked_about() -> None:
    was, theirs = form({}, {"7": "copper"}), form({}, {"7": "bronze"})
    mine = form({}, {"7": "copper"}) | {"rows-0-DELETE": ["on"]}
    found = {one.spot.name: one.choice for one in differences(was, mine, theirs)}
    assert found == {"text": THEIRS, "DELETE": ""}


def test_what_only_looks_different_is_the_same() -> None:
    was = form({"note": "a\nb"}, {})
    assert differences(was, {"note": ["a\r\nb"], "name_en": [""]}, was) == []
    assert not is_news(apart(was), apart({"note": ["a\r\nb"]}))


fields = st.fixed_dictionaries(dict.fromkeys(NAMES, WORDS))
rows = st.dictionaries(st.sampled_from(["7", "8", "9"]), WORDS, max_size=3)
added = st.dictionaries(st.sampled_from(["new-a", "new-b"]), WORDS, max_size=2)


@given(data=st.data())
def test_nothing_typed_is_ever_lost(data: Any) -> None:
    """Whatever two people did to a form, each text of mine is kept or asked about."""
    was_fields, was_rows = data.draw(fields), data.draw(rows)

    def edit() -> Form:
        kept = data.draw(st.lists(st.sampled_from([*was_rows] or [""]), unique=True))
        changed = {key: data.draw(WORDS) for key in was_rows if key in kept}
        return form(data.draw(fields), changed | data.draw(added))

    was, mine, theirs = form(was_fields, was_rows), edit(), edit()
    theirs = _saved(theirs)
    # A form I opened has all its rows: one that I do not want is ticked, not left out.
    found = differences(was, mine, theirs)
    asked = {
        one.spot: one.choice or data.draw(st.sampled_from([MINE, THEIRS]))
        for one in found
    }
    out = apart(put_together(apart(mine), apart(theirs), asked, [INLINE]))
    before, own = apart(was), apart(mine)
    for name in NAMES:
        if own.fields[name] != before.fields[name]:
            chosen = asked.get(Spot("", "", name), MINE)
            assert out.fields[name] == own.fields[name] or chosen == THEIRS
    texts = [row.get("text", []) for row in out.rows["rows"].values()]
    for key, row in own.rows["rows"].items():
        if row != before.rows["rows"].get(key):
            spots = [spot for spot in asked if spot.row == key]
            told = any(asked[spot] == THEIRS for spot in spots)
            assert row.get("text", []) in texts or told


def _saved(one: Form) -> Form:
    """What somebody added has a key once it is saved."""
    keys = {n: [f"9{n[5]}"] for n, v in one.items() if n.endswith("-id") and not any(v)}
    return one | keys
