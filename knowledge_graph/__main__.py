"""Use the graph without a museum: `python -m knowledge_graph query --dump FILE QUERY`."""

import argparse
import sys
from pathlib import Path

from knowledge_graph.dump_query import ask_dump
from knowledge_graph.errors import GraphError


def main() -> int:
    arguments = _parser().parse_args()
    text = arguments.query
    if text.startswith("@"):
        text = Path(text[1:]).read_text(encoding="utf-8")
    try:
        state = ask_dump(
            arguments.dump,
            text,
            sys.stdout.buffer,
            format_name=arguments.format,
            base_iri=arguments.base,
        )
    except (GraphError, OSError, SyntaxError) as error:
        print(f"{arguments.dump}: {error}", file=sys.stderr)  # noqa: T201
        return 2
    sys.stdout.buffer.flush()
    if state is not None:
        print(state.remark, file=sys.stderr)  # noqa: T201
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_graph")
    query = parser.add_subparsers(required=True).add_parser(
        "query", help="ask a dump of the graph"
    )
    query.add_argument("--dump", type=Path, required=True, help="N-Quads, also as .gz")
    query.add_argument("--format", default="", help="json, xml, csv, tsv, ttl, nt …")
    query.add_argument("--base", default="", help="for relative IRIs in the query")
    query.add_argument("query", help="SPARQL, or @FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
