"""Hold a record to the shapes of its patterns before the public sees it."""

from django.utils.translation import get_language

from heritage.catalogue.errors import NotReady
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Record
from knowledge_graph.shacl import check_shapes

from . import graphs
from .building import BUILD_ERRORS
from .graphs import museum_ids
from .writing import to_graph


def check_record(record: Record) -> None:
    """Raise `NotReady` with a sentence for each fault of a record's public graph.

    A graph that cannot be built at all is the projector's to tell of: it tries again, and
    gives up where people see it.
    """
    try:
        built = graphs.build(GraphName(record.kind, record.key))
    except BUILD_ERRORS:
        return
    language = get_language() or ""
    faults = check_shapes(to_graph(built.triples), museum_ids())
    said = [one.message(language) for one in faults if one.severity == "violation"]
    if said:
        raise NotReady(record.title, list(dict.fromkeys(said)))
