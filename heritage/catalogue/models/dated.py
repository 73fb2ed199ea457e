"""Rows that say when, in words: the words are kept, the years read from them beside."""

from functools import lru_cache
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from knowledge_graph.dating import Dating, read_dating
from knowledge_graph.years import YearSpan

# What a save fills in from the dating as it is written.
READ_FROM_TEXT: Final = ("begin_year", "end_year", "is_approximate", "dating_doubt")

# A register says the same few hundred things over and over.
read = lru_cache(maxsize=4096)(read_dating)


class Dated(models.Model):
    """Has `period_text`, `begin_year` and `end_year`; the years follow from the text."""

    is_approximate = models.BooleanField(
        _("years are approximate"), default=False, editable=False
    )
    dating_doubt = models.CharField(
        _("doubt about the dating"), max_length=30, blank=True, editable=False
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        named = kwargs.get("update_fields")
        if named is None or "period_text" in named:
            self.read_period_text()
            if named is not None:
                kwargs["update_fields"] = {*named, *self.read_from_text()}
        super().save(*args, **kwargs)

    def read_from_text(self) -> tuple[str, ...]:
        return READ_FROM_TEXT

    def read_period_text(self) -> Dating:
        """Fill what the text says beside it; years that were given stay as they are."""
        row: Any = self
        told = read(row.period_text)
        given = row.begin_year is not None or row.end_year is not None
        self.dating_doubt = "" if given else told.doubt
        self.is_approximate = False
        if told.span is None:
            return told
        if given and not _meet(told.span, row.begin_year, row.end_year):
            self.dating_doubt = "disagrees"
            return told
        self.is_approximate = told.span.approximate
        if not given:
            row.begin_year, row.end_year = told.span.begin, told.span.end
        return told


def _meet(span: YearSpan, begin: int | None, end: int | None) -> bool:
    early = span.begin is None or end is None or span.begin <= end
    late = span.end is None or begin is None or begin <= span.end
    return early and late
