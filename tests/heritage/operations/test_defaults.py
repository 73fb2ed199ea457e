"""Which development defaults keep a museum from opening."""

import pytest

from heritage.operations.defaults import find_unfit

FIT = {
    "HERITAGE_ALLOWED_HOSTS": "museum.example",
    "HERITAGE_BASE_IRI": "https://museum.example",
}
LONG_KEY = "k" * 50


def unfit(**changed: str) -> list[str]:
    environment = FIT | {f"HERITAGE_{name}": text for name, text in changed.items()}
    return [one.setting.removeprefix("HERITAGE_") for one in find_unfit(environment)]


def test_what_must_be_told_is_asked_for_at_once() -> None:
    missing = [one.setting for one in find_unfit({})]
    assert missing == ["HERITAGE_ALLOWED_HOSTS", "HERITAGE_BASE_IRI"]


@pytest.mark.parametrize(
    "changed",
    [{}, {"DEBUG": "no"}, {"DEBUG": "OFF"}, {"DEBUG": ""}, {"SECRET_KEY": LONG_KEY}],
)
def test_fit(changed: dict[str, str]) -> None:
    assert unfit(**changed) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DEBUG", "yes"),
        ("DEBUG", "1"),
        ("DEBUG", "perhaps"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "museum.example,*"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "development-only-key-never-for-a-museum-open-to-the-world"),
    ],
)
def test_unfit_is_named_alone(name: str, text: str) -> None:
    assert unfit(**{name: text}) == [name]


def test_each_says_what_to_do() -> None:
    for one in find_unfit({"HERITAGE_DEBUG": "yes", "HERITAGE_SECRET_KEY": "short"}):
        assert str(one).startswith(f"{one.setting}: ")
        assert "set" in one.reason or "name" in one.reason
