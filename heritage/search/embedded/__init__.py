"""tantivy: an index in a folder, for a museum on one machine."""

from .reader import digests, searcher
from .writer import open_writer

__all__ = ["digests", "open_writer", "searcher"]
