"""A lineage: who taught whom, as a picture and as a list, for those who may see it."""

from .chosen import lineage_of
from .layout import Lineage, Person, Tie, build_lineage
from .picture import draw_lineage

__all__ = ["Lineage", "Person", "Tie", "build_lineage", "draw_lineage", "lineage_of"]
