"""What the rooms above ask before a record is released, beside the register's own gaps."""

from collections.abc import Callable, Iterable

from .models import Record

Gate = Callable[[Record], Iterable[str]]

_gates: list[Gate] = []


def declare(gate: Gate) -> None:
    """Ask this whenever a record is to be released; it gives sentences for a curator."""
    if gate not in _gates:
        _gates.append(gate)


def gaps_from_above(record: Record) -> list[str]:
    return [gap for gate in _gates for gap in gate(record)]
