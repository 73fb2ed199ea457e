"""States: what a digest depends on, and a dump that answers as it is cited."""

import gzip
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.dump_query import ask_dump
from knowledge_graph.errors import MalformedQuery
from knowledge_graph.graph_state import (
    GraphState,
    as_digest,
    read_remark,
    read_state,
    serial_at,
    total,
    weight,
)

GRAPHS = st.dictionaries(st.text(min_size=1), st.text(min_size=1), min_size=1)
STATE = GraphState(
    20261121181530123, "2026-11-21T18:15:30.123+00:00", as_digest(7), 2, 3
)
QUADS = b'<urn:s> <urn:p> "1" <urn:g> .\n<urn:s> <urn:p> "2" <urn:h> .\n'
SELECT = "SELECT ?o { ?s ?p ?o } ORDER BY ?o"


@given(GRAPHS)
def test_the_digest_is_kept_by_adding_and_taking_away(graphs: dict[str, str]) -> None:
    whole = total(graphs.items())
    assert total(reversed(graphs.items())) == whole
    iri, digest = next(iter(graphs.items()))
    rest = {key: value for key, value in graphs.items() if key != iri}
    assert as_digest(whole - weight(iri, digest)) == as_digest(total(rest.items()))
    assert as_digest(total([*rest.items(), (iri, f"{digest}x")])) != as_digest(whole)


def test_serials_grow_though_a_clock_goes_back() -> None:
    moment = datetime(2026, 11, 21, 18, 15, 30, 123_456, UTC)
    assert serial_at(moment, after=0) == STATE.serial
    assert serial_at(moment, after=STATE.serial) == STATE.serial + 1


def test_a_state_is_read_back(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
    STATE.write(tmp_path)
    assert read_state(tmp_path) == STATE
    assert read_remark(f"# {STATE.remark}\n") == STATE
    assert read_remark("<urn:s> <urn:p> <urn:o> <urn:g> .") is None


@pytest.mark.parametrize("packed", [False, True])
def test_a_dump_is_asked(tmp_path: Path, *, packed: bool) -> None:
    data = f"# {STATE.remark}\n".encode() + QUADS
    file = tmp_path / "dump"
    file.write_bytes(gzip.compress(data) if packed else data)
    out = io.BytesIO()
    assert ask_dump(file, SELECT, out) == STATE
    assert out.getvalue() == b"o\r\n1\r\n2\r\n"


def test_a_query_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "dump.nq"
    file.write_bytes(QUADS)
    with pytest.raises(MalformedQuery):
        ask_dump(file, "SELECT { ?s ?p }", io.BytesIO())


@pytest.mark.slow
def test_the_command_answers_and_names_the_state(tmp_path: Path) -> None:
    file, query = tmp_path / "dump.nq", tmp_path / "query.rq"
    file.write_bytes(f"# {STATE.remark}\n".encode() + QUADS)
    query.write_text(SELECT)
    command = [sys.executable, "-m", "knowledge_graph", "query", "--dump"]
    done = subprocess.run(
        [*command, file, f"@{query}"], capture_output=True, check=True
    )
    assert done.stdout == b"o\r\n1\r\n2\r\n"
    assert str(STATE.serial) in done.stderr.decode()
    broken = subprocess.run([*command, query, SELECT], capture_output=True, check=False)
    assert broken.returncode == 2
    assert b"Traceback" not in broken.stderr
