"""Ways to break the small museum, by the file of shapes that finds them."""

from typing import Final

from tests.knowledge_graph.faults import (
    common,
    digitization,
    immovable,
    intangible,
    relic,
)
from tests.knowledge_graph.faults.breaking import Fault

__all__ = ["FAULTS"]
FAULTS: Final[dict[str, Fault]] = {
    **relic.FAULTS,
    **common.FAULTS,
    **digitization.FAULTS,
    **intangible.FAULTS,
    **immovable.FAULTS,
}
