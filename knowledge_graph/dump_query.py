"""Ask a dump: the same question of the same state gives the answer that was cited."""

import gzip
import shutil
import tempfile
from pathlib import Path
from typing import IO, Final

import pyoxigraph as ox

from knowledge_graph.graph_state import GraphState, read_remark
from knowledge_graph.query.check import check_query
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.results_negotiation import named_format

GZIP: Final = b"\x1f\x8b"
ALL_ROWS: Final = 1 << 62


def ask_dump(
    file: Path, text: str, out: IO[bytes], *, format_name: str = "", base_iri: str = ""
) -> GraphState | None:
    """Write the answer to `out`; give the state that the dump holds, where it says so.

    format_name : json, csv, ttl …; "" for the first that the query's form has

    Raises `QueryRefused`, `OSError`, or `SyntaxError` for a file that is no N-Quads.
    """
    store = ox.Store()
    with _opened(file) as quads:
        first = quads.readline()
        state = read_remark(first.decode("utf-8", "replace"))
        quads.seek(0)
        store.bulk_load(quads, ox.RdfFormat.N_QUADS)
    form = check_query(text).form
    media_type = named_format(format_name or _FIRST[form], form)
    question = Question(
        text, media_type, rows=ALL_ROWS, base_iri=base_iri or None, state=state
    )
    with tempfile.TemporaryFile() as answer:  # its head may be written last
        evaluate(store, question, answer)
        answer.seek(0)
        shutil.copyfileobj(answer, out)
    return state


_FIRST: Final = {"SELECT": "csv", "ASK": "json", "CONSTRUCT": "ttl", "DESCRIBE": "ttl"}


def _opened(file: Path) -> IO[bytes]:
    with file.open("rb") as start:
        is_packed = start.read(2) == GZIP
    return gzip.open(file, "rb") if is_packed else file.open("rb")  # type: ignore[return-value]
