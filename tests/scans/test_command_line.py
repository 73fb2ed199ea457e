"""Whoever asks the command line for help is told what each word is for."""

import argparse

import pytest

from scans.__main__ import build_parser


def commands() -> dict[str, argparse.ArgumentParser]:
    held = build_parser()._actions
    (listed,) = (a for a in held if isinstance(a, argparse._SubParsersAction))
    return dict(listed.choices)


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_argument_says_what_it_is(name: str) -> None:
    silent = [action.dest for action in commands()[name]._actions if not action.help]
    assert silent == []


def test_help_speaks_of_commands_and_not_of_the_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["--help"])
    told = capsys.readouterr().out
    assert "Exit codes" in told
    assert "imported" not in told
