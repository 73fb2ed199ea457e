"""Which store the settings name."""

from functools import cache

from django.conf import settings

from heritage.linked_data.states import current_state
from knowledge_graph.query.client import Queries, QueryClient
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.remote import RemoteQueryClient
from knowledge_graph.store import EmbeddedStore, GraphStore
from knowledge_graph.store_remote import Endpoints, RemoteStore


def open_store() -> GraphStore:
    """Open the store for writing. Raises `StoreInUse` while the projector has it."""
    if settings.GRAPH_URL:
        return RemoteStore(settings.GRAPH_URL)
    return EmbeddedStore(settings.GRAPH_ROOT)


def query_limits() -> Limits:
    return Limits(
        time_s=settings.QUERY_TIME_S,
        memory_bytes=settings.QUERY_MEMORY_BYTES,
        rows=settings.QUERY_ROWS,
    )


def open_queries() -> Queries:
    """Give the way to ask: the query process, or the engine at a URL."""
    return _queries(settings.GRAPH_URL, str(settings.QUERY_SOCKET))


@cache  # a client keeps its connections, and its accounts where the engine has none
def _queries(url: str, socket: str) -> Queries:
    if url:
        return RemoteQueryClient(Endpoints.at(url).query, query_limits(), current_state)
    return QueryClient(socket)
