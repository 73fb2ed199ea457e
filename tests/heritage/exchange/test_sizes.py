"""Sizes are read out of texts, with their units or without."""

import pytest

from heritage.exchange.sizes import read_sizes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("高12.5厘米，口径8", [("height", 12.5, "cm"), ("mouth-diameter", 8, "")]),
        ("长10×宽5厘米", [("length", 10, "cm"), ("width", 5, "cm")]),
        ("通高２６.３cm、重1.2千克", [("height", 26.3, "cm"), ("mass", 1.2, "kg")]),
        (
            "overall: 8 x 18.9 cm (3 1/8 x 7 7/16 in.)",
            [("height", 8, "cm"), ("width", 18.9, "cm")],
        ),
        ("support: 244 x 152 mm", [("height", 244, "mm"), ("width", 152, "mm")]),
        ("残", []),
    ],
)
def test_sizes_of_texts(text: str, told: list[tuple[str, float, str]]) -> None:
    found = read_sizes(text, order=("height", "width"))
    assert [(one.kind, one.value, one.unit) for one in found] == told
