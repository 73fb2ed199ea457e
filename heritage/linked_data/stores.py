"""Which store the settings name."""

from django.conf import settings

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
    if settings.GRAPH_URL:
        at = Endpoints.at(settings.GRAPH_URL)
        return RemoteQueryClient(at.query, query_limits())
    return QueryClient(settings.QUERY_SOCKET)
