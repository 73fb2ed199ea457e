"""JSON as it is kept: in its own script, and the same when it is read."""

import json

import pytest

from heritage.lib.plain_json import PlainJSON


@pytest.mark.parametrize(
    "text",
    ["唐天宝年间", "Vase", "🏺", 'a "quoted" \\ word', "\n\t\x00", "\ud83c alone"],
)
def test_what_is_written_is_read_again(text: str) -> None:
    written = json.dumps({text: [text, 1, None]}, cls=PlainJSON)
    assert json.loads(written.encode()) == {text: [text, 1, None]}


def test_chinese_stands_as_it_is() -> None:
    assert json.dumps({"名称": "瓶"}, cls=PlainJSON) == '{"名称": "瓶"}'
