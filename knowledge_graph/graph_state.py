"""Which state of the graph an answer came from: a serial number, a date, a digest.

The digest is a sum, modulo 2**512, of one SHA-512 for each graph, over its IRI and its
`canonical_hash`: it changes with every triple, does not depend on an order, and is kept
up to date by adding and taking away. `digest_of` gives it for a dump.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

FILE: Final = "state.json"  # in a snapshot's folder
MODULUS: Final = 1 << 512
_REMARK: Final = re.compile(
    r"# graph state (\d+) of (\S+), digest ([0-9a-f]{128}), (\d+) graphs, (\d+) triples"
)
STAMP: Final = "%Y%m%d%H%M%S"  # and three digits of milliseconds


@dataclass(frozen=True)
class GraphState:
    """A published state. serial: grows with time; digest: 128 hexadecimal digits."""

    serial: int
    published_at: str  # ISO 8601, UTC
    digest: str
    graphs: int
    triples: int

    @property
    def remark(self) -> str:
        """What a file that holds it, or an answer from it, says at its head."""
        when = f"graph state {self.serial} of {self.published_at}"
        counts = f"{self.graphs} graphs, {self.triples} triples"
        return f"{when}, digest {self.digest}, {counts}"

    def write(self, folder: Path) -> None:
        (folder / FILE).write_text(json.dumps(asdict(self)), encoding="ascii")


def read_state(folder: Path) -> GraphState | None:
    """Read the state of a snapshot; None for one that was published without."""
    try:
        return GraphState(**json.loads((folder / FILE).read_text("ascii")))
    except FileNotFoundError:
        return None


def read_remark(line: str) -> GraphState | None:
    """Read the state out of the first line of a dump; None for a line of another kind."""
    found = _REMARK.fullmatch(line.strip())
    if found is None:
        return None
    serial, moment, digest, graphs, triples = found.groups()
    return GraphState(int(serial), moment, digest, int(graphs), int(triples))


def serial_at(moment: datetime, *, after: int) -> int:
    """Number a state by its moment (UTC, to the millisecond), above the one before."""
    stamp = moment.strftime(STAMP) + f"{moment.microsecond // 1000:03d}"
    return max(int(stamp), after + 1)


def weight(graph_iri: str, digest: str) -> int:
    """Give what one graph adds to the sum."""
    return int.from_bytes(hashlib.sha512(f"{graph_iri} {digest}".encode()).digest())


def total(graphs: Iterable[tuple[str, str]]) -> int:
    """Add up graphs, each with its IRI and its canonical hash."""
    return sum(weight(iri, digest) for iri, digest in graphs) % MODULUS


def as_digest(added: int) -> str:
    return f"{added % MODULUS:0128x}"
