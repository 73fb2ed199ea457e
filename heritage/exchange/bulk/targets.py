"""What of a relic can be changed for many at once, and what can be done to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField
from heritage.catalogue.models import (
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicTechnique,
)
from heritage.catalogue.models.record import Tracked


class Do(models.TextChoices):
    SET = "set", _("set to")
    CLEAR = "clear", _("empty")
    REPLACE = "replace", _("find and replace")
    ADD = "add", _("add")
    REMOVE = "remove", _("take away")


# Moved one by one: who works there decides. Given once: setting it for many is no use.
NOT_OFFERED: Final = ("collection",)
NEVER_SET: Final = ("register_no",)


@dataclass(frozen=True)
class Column:
    """A field of the relic itself."""

    field: Any

    @property
    def name(self) -> str:
        return str(self.field.name)

    @property
    def label(self) -> str:
        return str(self.field.verbose_name)

    @property
    def verbs(self) -> tuple[Do, ...]:
        """What can be done to it: text is searched, what may be empty is emptied."""
        is_text = _is_free_text(self.field)
        found = () if self.name in NEVER_SET else (Do.SET,)
        if self.field.null or (self.field.blank and self.field.empty_strings_allowed):
            found = (*found, Do.CLEAR)
        return (*found, Do.REPLACE) if is_text else found


@dataclass(frozen=True)
class Terms:
    """Rows that hang on the relic, each with one term: `column` names where it stands."""

    name: str
    model: type[Tracked]
    column: str

    verbs = (Do.ADD, Do.REMOVE)

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def field(self) -> Any:
        return self.model._meta.get_field(self.column)

    def held(self, relic: Relic) -> dict[str, dict[str, Any]]:
        """Give what stands in its rows beside the term, by term."""
        rows = getattr(relic, self.name).all()
        return {
            getattr(row, self.column): {name: getattr(row, name) for name in self.more}
            for row in sorted(rows, key=lambda row: str(getattr(row, self.column)))
        }

    @property
    def more(self) -> list[str]:
        own = ("id", "relic", self.column)
        return [f.name for f in self.model._meta.concrete_fields if f.name not in own]


Target = Column | Terms
TERMS: Final[dict[str, Terms]] = {
    "materials": Terms("materials", RelicMaterial, "material"),
    "facets": Terms("facets", RelicFacet, "facet"),
    "made_with": Terms("made_with", RelicTechnique, "technique"),
}


@cache
def columns() -> Mapping[str, Column]:
    return {
        field.name: Column(field)
        for field in Relic._meta.concrete_fields
        if field.editable
        and not field.primary_key
        and not isinstance(field, models.AutoField)
        and field.name not in NOT_OFFERED
    }


def targets() -> dict[str, Target]:
    return {**columns(), **TERMS}


def label_of(name: str) -> str:
    target = targets().get(name)
    return target.label if target is not None else name


def _is_free_text(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField)
    return is_text and not isinstance(field, ConceptField) and not field.choices
