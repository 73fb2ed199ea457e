"""Narrations as rows: for the graph, too, which every process loads and no schema of the API."""

from django.db.models import QuerySet

from .models import ExhibitItem, Narration


def narrations() -> QuerySet[Narration]:
    """Give those whose sound has come, with all that policy and address ask for."""
    rows = Narration.objects.filter(stored_file__isnull=False).select_related(
        "stored_file__deposit", "exhibit", "item__relic", "item__element",
        "stop__item__relic", "stop__item__element",
    )  # fmt: skip
    return rows.order_by("pk")


def item_of(row: Narration) -> ExhibitItem | None:
    """Give what it speaks of; None for a welcome to the whole exhibit."""
    return row.item or (row.stop.item if row.stop else None)
