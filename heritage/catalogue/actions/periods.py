"""Bring the period scheme of the vocabulary into the register."""

from django.db import transaction

from heritage.archive.pages import note_rows
from heritage.catalogue.models import Collection, Period, Record
from heritage.catalogue.vocabularies import load

NAME_ZH, NAME_EN = "规范档", "Authorities"


@transaction.atomic
def load_periods() -> int:
    """Add the periods that the register does not have yet; returns how many.

    Periods are public from the start. What a curator has changed is left alone.
    """
    known = set(Period.objects.values_list("slug", flat=True))
    missing = [c for c in load("period").concepts if c.slug not in known]
    if not missing:
        return 0
    shared, _ = Collection.objects.get_or_create(
        name_zh=NAME_ZH, defaults={"name_en": NAME_EN}
    )
    added = Period.objects.bulk_create(
        Period(
            collection=shared,
            slug=concept.slug,
            name_zh=concept.label("zh-Hans"),
            name_en=concept.label("en"),
            begin_year=concept.begin_year,
            end_year=concept.end_year,
            state=Record.State.RELEASED,
        )
        for concept in missing
    )
    told = Period.history.bulk_history_create(added)
    note_rows(Period.history.model, *(row.pk for row in told))
    return len(added)
