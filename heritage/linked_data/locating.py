"""Which graph describes a thing, and what the public may read of it."""

from typing import Final

from heritage.captures.models import Capture
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Record
from heritage.catalogue.policy import STRANGER
from heritage.catalogue.reach import NoSuchRecord, find_record

from . import graphs
from .graphs import BuiltGraph

# Nodes of a capture's graph: where to look for their keys.
PARTS: Final = {
    "run": "runs__key",
    "derivative": "runs__derivatives__key",
    "file": "files__stored_file__key",
}


def graph_of(kind: str, key: str) -> GraphName:
    """Name the graph that describes a thing. Raises `NoSuchRecord`."""
    if kind in graphs.SOURCES:
        return GraphName(kind, key)
    if kind not in PARTS:
        raise NoSuchRecord(kind, key)
    capture = Capture.objects.filter(**{PARTS[kind]: key}).order_by("pk").first()
    if capture is None:
        raise NoSuchRecord(kind, key)
    return GraphName("capture", capture.key)


def public_graph(name: GraphName) -> BuiltGraph:
    """Build what a stranger may read. Raises `NoSuchRecord` or `WithdrawnRecord`."""
    source = graphs.SOURCES.get(name.kind)
    if source and issubclass(source.model, Record):
        find_record(source.model, name.key, STRANGER)
    built = graphs.build(name)
    if not built.triples:
        raise NoSuchRecord(name.kind, name.key)
    return built
