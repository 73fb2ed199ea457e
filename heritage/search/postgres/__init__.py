"""PostgreSQL as the index, where it is the database: for a museum on many machines.

The tokens are made in Python, as for the embedded index, and stand in a `tsvector`, each
with a letter for its field before it: one inverted index answers words, facets and whom
a document is for. pg_trgm finds the words that a mistyped one may be.
"""

from .reader import digests, searcher
from .writer import open_writer

__all__ = ["digests", "open_writer", "searcher"]
