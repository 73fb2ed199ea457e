"""What lists are narrowed down by, as far as their reader may know of it."""

from typing import Any, Final

from django.contrib.admin import ChoicesFieldListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection, Record
from heritage.catalogue.policy import Person, person_of, visible
from heritage.lib.whole_numbers import parse_whole

MOST_NAMED: Final = 20  # where some are not one's own


class StateFilter(ChoicesFieldListFilter):
    """Says what the policy comes to for a state: of what is not public, one's own.

    The policy says so, too, but with an “or” that no index answers.
    """

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        rows = super().queryset(request, queryset)
        chosen: Any = self.used_parameters.get(self.lookup_kwarg, ())
        person = person_of(request)
        if rows is None or person.is_administrator or not chosen:
            return rows
        if Record.State.RELEASED in chosen:
            return rows
        return rows.filter(collection__in=sorted(person.reads_in))


class CollectionFilter(SimpleListFilter):
    """Offers all of one's own collections, of others the first until there are `MOST_NAMED`;
    the list of collections leads to the records of any.
    """

    title = _("collection")
    parameter_name = "collection__id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        person = person_of(request)
        named = self._named(person)
        chosen = parse_whole(self.value())
        if chosen is not None and chosen not in {c.pk for c in named}:
            named += visible(Collection.objects.filter(pk=chosen), person)
        return [(str(one.pk), str(one)) for one in named]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        chosen = self.value()
        if not chosen:
            return None
        if chosen not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(collection=int(chosen))

    def _named(self, person: Person) -> list[Collection]:
        rows = visible(Collection.objects.order_by("name_zh", "pk"), person)
        own = list(rows.filter(pk__in=person.reads_in))
        left = max(0, MOST_NAMED - len(own))
        return [*own, *rows.exclude(pk__in=person.reads_in)[:left]]
