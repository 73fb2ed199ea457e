"""Exhibits as records in the archive."""

from heritage.archive.pages import leave_out
from heritage.archive.records import Kind, Part, declare
from heritage.catalogue.form_rows import FormRows, stand_in_form
from heritage.catalogue.models import Relic

from .device_models import DeviceKey
from .models import (
    Exhibit,
    ExhibitIdentifier,
    ExhibitItem,
    ExhibitRoom,
    Hotspot,
    Narration,
    TourStop,
)


def preserve_exhibits() -> None:
    declare(
        Kind(
            Exhibit.kind,
            Exhibit,
            (
                Part(ExhibitIdentifier, "exhibit"),
                Part(ExhibitRoom, "exhibit"),
                Part(ExhibitItem, "exhibit"),
                Part(TourStop, "exhibit"),
                Part(Narration, "exhibit"),
            ),
        )
    )
    declare(Kind(Relic.kind, Relic, (Part(Hotspot, "relic"),)))
    stand_in_form(
        Exhibit,
        FormRows(ExhibitRoom, "exhibit"),
        FormRows(ExhibitItem, "exhibit"),
        FormRows(TourStop, "exhibit"),
        FormRows(Narration, "exhibit", carried=("stored_file_id", "duration_s")),
    )
    counted = ("last_used_at", "used_minute", "used_count")
    leave_out(DeviceKey, "digest", *counted)
