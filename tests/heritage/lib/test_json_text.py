"""What others send as JSON is read as the standard has it."""

import pytest

from heritage.lib.json_text import NotAnObject, parse_object


def test_an_object_is_read() -> None:
    told = '{"a": [1, -2.5e3, true, null, "鼎"], "b": {}}'
    read = {"a": [1, -2500.0, True, None, "鼎"], "b": {}}
    assert parse_object(told) == parse_object(told.encode()) == read


@pytest.mark.parametrize(
    "text",
    [
        "", "{", '{"a": NaN}', '{"a": -Infinity}', '{"a": 1e999}',
        '{"a": ' + "9" * 400 + "}", '{"a": ' + "9" * 5000 + "}", '{"a": "\\ud800"}',
        '{"\\udfff": 1}', '{"a":' + "[" * 100_000, b'{"a": "\xff"}',
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  # said in many ways
        parse_object(text)
    assert not isinstance(refused.value, NotAnObject)


@pytest.mark.parametrize("text", ["[]", "3", "null", '"{}"'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(NotAnObject):
        parse_object(text)
