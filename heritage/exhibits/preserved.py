"""Exhibits as records in the archive."""

from heritage.archive.records import Kind, Part, declare
from heritage.catalogue.models import Relic

from .models import Exhibit, ExhibitItem, Hotspot, TourStop


def preserve_exhibits() -> None:
    declare(
        Kind(
            Exhibit.kind,
            Exhibit,
            (Part(ExhibitItem, "exhibit"), Part(TourStop, "exhibit")),
        )
    )
    declare(Kind(Relic.kind, Relic, (Part(Hotspot, "relic"),)))
