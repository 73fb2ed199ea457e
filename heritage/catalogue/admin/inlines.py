"""What inlines share: the rights of the record they stand in, and rows by policy."""

from typing import Any

from django.db.models import QuerySet
from django.forms.models import ModelChoiceField
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from heritage.catalogue.deciding import held_back
from heritage.catalogue.policy import Person, person_of, policy_of, visible

from .rows import withholding


def works_here(person: Person) -> bool:
    return person.is_administrator or bool(person.works_in)


def reads_here(person: Person) -> bool:
    """Keepers and scholars open what others write."""
    return person.is_administrator or bool(person.reads_in)


class VisibleChoices:
    """Offer only what the person may see wherever a form points at another row."""

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        model = db_field.related_model
        if "queryset" not in kwargs and policy_of(model).is_declared:
            kwargs["queryset"] = visible(
                model._default_manager.all(), person_of(request)
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc, no-any-return]


def own_collection(request: HttpRequest) -> int | None:
    """Name a collection for a row that has none yet: one of those curated, or none."""
    return next(iter(sorted(person_of(request).curates)), None)


class PolicyInline(VisibleChoices):
    """An inline's rights are those of the record it stands in."""

    extra = 0
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible(super().get_queryset(request), person_of(request))  # type: ignore[misc]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        may_change = self.has_change_permission(request, obj)
        return withholding(formset, person_of(request), may_change=may_change)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        record = getattr(obj, "relic", obj)
        collection = getattr(record, "collection_id", None) or own_collection(request)
        # Rows may be added here: the stricter answer holds for all of them.
        held = held_back(self.model, person_of(request), collection, pk=None)  # type: ignore[attr-defined]
        return (*super().get_readonly_fields(request, obj), *held)  # type: ignore[misc]

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        person = person_of(request)
        if obj is None or person.is_administrator:
            return works_here(person)
        record = getattr(obj, "relic", obj)
        return record.collection_id in person.curates | person.helps

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reads_here(person_of(request))

    has_add_permission = has_change_permission = has_delete_permission = _may


class PolicyTabularInline(PolicyInline, TabularInline):
    pass


class OnlyNamed(PolicyTabularInline):
    """Rows that are records of their own: named here, changed on their own page."""

    tab = True
    show_change_link = True

    def _no(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_add_permission = has_delete_permission = has_change_permission = _no


class PolicyStackedInline(PolicyInline, StackedInline):
    pass
