"""Run the query process until SIGTERM or SIGINT."""

import argparse
import logging
import signal
import sys
from pathlib import Path

from knowledge_graph.query.accounts import Accounts
from knowledge_graph.query.kept import KeptAnswers
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.pool import Reader, ReaderPool
from knowledge_graph.query.server import Desk, Reception, SocketInUse, listening

DEFAULTS = Limits()
logger = logging.getLogger("knowledge_graph.query")
# (option, field, what it limits)
OPTIONS = (
    ("--time-s", "time_s", "seconds for a query that asks for no other limit"),
    ("--longest-time-s", "longest_time_s", "most seconds a query may ask for"),
    ("--memory-bytes", "memory_bytes", "address space of one reader"),
    ("--nice", "nice", "niceness of readers, 0 to 19"),
    ("--rows", "rows", "solutions or triples given out"),
    ("--answer-bytes", "answer_bytes", "size of one answer"),
    ("--query-bytes", "query_bytes", "length of one query"),
    ("--concurrent", "concurrent", "queries of one client at a time"),
    ("--budget-s", "budget_s", "seconds of evaluation a client may save up"),
    ("--earned-s", "earned_s", "seconds a client earns in each second"),
    ("--wait-s", "wait_s", "seconds a query waits for a free reader"),
    ("--connections", "connections", "open connections"),
    ("--kept-bytes", "kept_bytes", "answers kept while the graph stays the same"),
)


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="query: %(message)s")
    arguments = _parser().parse_args()
    limits = Limits(**{name: getattr(arguments, name) for _, name, _ in OPTIONS})
    store = arguments.store.absolute()
    pool = ReaderPool(lambda: Reader(store, limits), arguments.readers)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: pool.stop())
    try:
        kept = KeptAnswers(store, limits.kept_bytes)
        desk = Desk(store, pool, limits, Accounts(limits), kept)
        _serve(arguments.socket, desk)
    except SocketInUse as error:
        logger.error("%s", error)
        return 1
    return 0


def _serve(path: Path, desk: Desk) -> None:
    with listening(path) as listener:
        reception = Reception(listener, desk)
        reception.open()
        logger.info("listening at %s", path)
        try:
            desk.pool.run()
            reception.close()
        finally:
            desk.pool.end_readers()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge_graph.query")
    parser.add_argument("--store", type=Path, required=True, help="the store's folder")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    parser.add_argument("--readers", type=int, default=2, help="reader processes")
    for option, name, meaning in OPTIONS:
        default = getattr(DEFAULTS, name)
        parser.add_argument(
            option, dest=name, type=type(default), default=default, help=meaning
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
