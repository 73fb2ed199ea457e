"""The limits of the query process, with their defaults."""

from dataclasses import dataclass

from knowledge_graph.errors import QueryTooLong


@dataclass(frozen=True)
class Limits:
    """What one query, one client and the process may use."""

    time_s: float = 10.0  # for a query that asks for no other limit
    longest_time_s: float = 60.0  # the most that a query may ask for
    memory_bytes: int = 1 << 30  # address space of a reader, which starts with 0.1 GB
    nice: int = 19  # of readers: museum work comes first
    rows: int = 10_000  # solutions or triples; more are cut off, and the answer says so
    answer_bytes: int = 64 << 20
    query_bytes: int = 100_000
    concurrent: int = 5  # queries of one client, running or waiting
    # Seconds of evaluation: a client may save up `budget_s`, and earns `earned_s` in each
    # second that passes.
    budget_s: float = 60.0
    earned_s: float = 0.5
    wait_s: float = 10.0  # for a free reader
    connections: int = 200
    kept_bytes: int = (
        0  # of answers that are given again while the graph stays the same
    )

    def time_for(self, asked_s: float | None) -> float:
        """Give the time limit of a query that asks for `asked_s`, or for none."""
        return min(asked_s or self.time_s, self.longest_time_s)

    def check_length(self, text: bytes | str) -> None:
        """Raises `QueryTooLong`."""
        length = len(text.encode() if isinstance(text, str) else text)
        if length > self.query_bytes:
            raise QueryTooLong(limit_bytes=self.query_bytes)
