"""Answers that are given again while the graph stays what it is.

An answer belongs to the edition of the graph that was current before it was asked for and
after it was given; once another is current, none of the former is found. What differs each
time it is asked (NOW, RAND, UUID, BNODE) is not kept, nor is a refusal, nor a long answer.
"""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from knowledge_graph.query import wire
from knowledge_graph.store_snapshots import Edition, read_edition

# What tells two questions apart; who asks, and how long he would wait, does not.
ASKED: Final = (
    "base_iri", "default_graphs", "media_type", "named_graphs", "state_address",
    "truncation_link",
)  # fmt: skip
LONGEST: Final = wire.LONGEST // 2  # of one answer; it travels in a message
ENTRY_BYTES: Final = 2048  # that a kept answer takes besides its text

Key = tuple[bytes, str]


@dataclass(frozen=True)
class _Kept:
    reply: wire.Message
    size: int  # bytes that it counts for


class KeptAnswers:
    """So many bytes of answers, those asked for last; any thread may call it."""

    def __init__(self, store: Path, most_bytes: int) -> None:
        self._store, self._most_bytes = store, most_bytes
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._answers: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def edition(self) -> Edition | None:
        """Give the edition that is current; None where nothing is to be kept."""
        return read_edition(self._store) if self._most_bytes else None

    def find(
        self, edition: Edition | None, request: wire.Message
    ) -> wire.Message | None:
        """Give the answer to a question that this edition has answered before."""
        if edition is None:
            return None
        with self._lock:
            self._change_to(edition)
            key = _key(request)
            if key not in self._answers:
                return None
            self._answers.move_to_end(key)
            return self._answers[key].reply

    def keep(
        self, edition: Edition | None, request: wire.Message, reply: wire.Message
    ) -> None:
        """Keep an answer, if this edition was current all the while."""
        if edition is None or not _may_be_kept(reply) or edition != self.edition():
            return
        if reply.header["snapshot"] != str(edition.number):
            return
        whole = wire.Message({**reply.header, "seconds": 0.0}, _body(reply))
        key = _key(request)
        size = len(whole.body) + len(request.body) + ENTRY_BYTES
        with self._lock:
            self._change_to(edition)
            self._drop(key)
            self._answers[key] = _Kept(whole, size)
            self._bytes += size
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._answers)))

    def _change_to(self, edition: Edition) -> None:
        """Let go of what another edition has answered: it may have been withdrawn."""
        if edition != self._edition:
            self._edition = edition
            self._answers.clear()
            self._bytes = 0

    def _drop(self, key: Key) -> None:
        known = self._answers.pop(key, None)
        self._bytes -= known.size if known else 0


def _may_be_kept(reply: wire.Message) -> bool:
    told = reply.header
    return "error" not in told and told["repeatable"] and told["size"] <= LONGEST


def _body(reply: wire.Message) -> bytes:
    """Give an answer's bytes; a file is left standing where it will be read from."""
    if reply.file is None:
        return reply.body
    return os.pread(reply.file, int(reply.header["size"]), 0)


def _key(request: wire.Message) -> Key:
    return request.body, repr([request.header[name] for name in ASKED])
