"""What the columns of our own questions are called."""

from rdflib.plugins.sparql import prepareQuery

from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.headings import HEADINGS, heading
from knowledge_graph.examples import examples


def test_every_column_of_every_example_has_a_heading() -> None:
    columns = set()
    for one in examples(museum_ids()):
        query = prepareQuery(one.text("en"))
        columns |= {str(variable) for variable in query.algebra.PV}
    assert columns == set(HEADINGS)
    assert heading("nobodys") == ""
