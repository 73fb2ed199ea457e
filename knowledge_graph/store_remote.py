"""The graph store in a remote engine: SPARQL 1.1 Graph Store Protocol and Protocol."""

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyoxigraph as ox

from knowledge_graph.errors import RemoteStoreFailed
from knowledge_graph.graph_state import GraphState
from knowledge_graph.store_http import Call, Response
from knowledge_graph.store_terms import (
    Triple,
    build_quads,
    hash_quads,
    insert_text,
    normalise,
)

N_TRIPLES = "application/n-triples"
TIMEOUT_S = 60.0
GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


@dataclass(frozen=True)
class Endpoints:
    """Where an engine listens; the defaults are those of an Oxigraph server."""

    graph_store: str
    query: str
    update: str

    @classmethod
    def at(cls, url: str) -> "Endpoints":
        base = url.rstrip("/")
        return cls(f"{base}/store", f"{base}/query", f"{base}/update")


class RemoteStore:
    """A `GraphStore` in any SPARQL 1.1 engine. What is written is public at once."""

    def __init__(self, engine: Endpoints | str) -> None:
        self._at = Endpoints.at(engine) if isinstance(engine, str) else engine

    def replace(self, graph_iri: str, triples: Iterable[Triple]) -> None:
        quads = build_quads(graph_iri, triples)
        if not quads:
            self.remove(graph_iri)
            return
        body = "".join(f"{quad.triple} .\n" for quad in quads).encode()
        call = self._graph_call("PUT", graph_iri, body, {"Content-Type": N_TRIPLES})
        self._perform(call, "to replace a graph")

    def remove(self, graph_iri: str) -> None:
        call = self._graph_call("DELETE", graph_iri)
        self._perform(call, "to remove a graph", also_well=(404,))

    def replace_many(self, graphs: Mapping[str, Iterable[Triple]]) -> None:
        """Send one update request, which an engine should run as one (Protocol, 2.2)."""
        wanted = {iri: build_quads(iri, triples) for iri, triples in graphs.items()}
        text = "".join(
            f"DROP SILENT GRAPH <{iri}>;\n{insert_text(iri, quads)}"
            for iri, quads in wanted.items()
        )
        headers = {"Content-Type": "application/sparql-update"}
        call = Call("POST", self._at.update, body=text.encode(), headers=headers)
        self._perform(call, "to replace graphs")

    def graph_hash(self, graph_iri: str) -> str:
        call = self._graph_call("GET", graph_iri, headers={"Accept": N_TRIPLES})
        # An absent graph is answered 404, and hashes as an empty one.
        data = self._perform(call, "to read a graph", also_well=(404,), empty_on=404)
        name = ox.NamedNode(graph_iri)
        triples = ox.parse(data, ox.RdfFormat.N_TRIPLES)
        return hash_quads(
            normalise(
                ox.Quad(each.subject, each.predicate, each.object, name)
                for each in triples
            )
        )

    def graphs(self) -> set[str]:
        headers = {
            "Accept": "application/sparql-results+json",
            "Content-Type": "application/sparql-query",
        }
        call = Call("POST", self._at.query, body=GRAPHS.encode(), headers=headers)
        data = self._perform(call, "to list its graphs")
        rows = ox.parse_query_results(data, ox.QueryResultsFormat.JSON)
        if isinstance(rows, ox.QueryBoolean):
            raise _failed(call, "to list its graphs", "it answered with a boolean")
        return {row["g"].value for row in rows}

    def publish(self, state: GraphState | None = None) -> str:
        return self._at.query

    def optimize(self) -> None:
        """Nothing: packing is the engine's own business."""

    def close(self) -> None:
        """Nothing is held open between requests."""

    def _graph_call(
        self,
        method: str,
        graph_iri: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Call:
        parameters = (("graph", graph_iri),)
        return Call(method, self._at.graph_store, parameters, body, headers or {})

    def _perform(
        self,
        call: Call,
        action: str,
        *,
        also_well: tuple[int, ...] = (),
        empty_on: int = 0,
    ) -> bytes:
        try:
            with Response(call, TIMEOUT_S) as response:
                data = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise _failed(call, action, str(error)) from error
        if response.status >= 300 and response.status not in also_well:
            raise _failed(call, action, _excerpt(response.status, data))
        return b"" if response.status == empty_on else data


def without_password(url: str) -> str:
    """Give a URL that may be shown and logged."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _failed(call: Call, action: str, reason: str) -> RemoteStoreFailed:
    return RemoteStoreFailed(
        url=without_password(call.url), action=action, reason=reason
    )


def _excerpt(status: int, data: bytes) -> str:
    text = data[:300].decode(errors="replace").strip()
    return f"{status} {text}" if text else f"status {status}"
