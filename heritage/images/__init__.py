"""Photographs of relics and pages of books: sets, ingest, pyramids."""
