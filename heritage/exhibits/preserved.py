"""Exhibits as records in the archive."""

from heritage.archive.records import Kind, Part, declare

from .models import Exhibit, ExhibitItem


def preserve_exhibits() -> None:
    declare(Kind(Exhibit.kind, Exhibit, (Part(ExhibitItem, "exhibit"),)))
