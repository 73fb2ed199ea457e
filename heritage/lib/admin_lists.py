"""Lists of the admin however long: no page counts rows off, no list counts its table."""

from typing import Any

from django.contrib.admin import (
    ChoicesFieldListFilter,
    FieldListFilter,
    ShowFacets,
    display,
)
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from .admin_rows import box_of, keep_headings
from .keyset import NoKeyset, NoPlace, keys_of
from .seeking import OfRows
from .turning import LAST, OWN, Asked, Book, Page, open_book


class ListPaginator(Paginator):
    """Names the template that turns the pages of a list."""

    template_name = "lib/list_pages.html"


class PagedList(ChangeList):
    """A change list in keyset pages; one that is sorted by no column is paged as before."""

    turned: Page | None = None
    pages = 1

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        self._forget_place()
        return str(super().get_query_string(new_params, remove))

    def get_filters(self, request: HttpRequest) -> Any:
        """Do without DISTINCT, which reads all rows, where each row comes once anyway."""
        specs, has, rest, _doubled, active = super().get_filters(request)
        doubled = any(lookup_spawns_duplicates(self.lookup_opts, name) for name in rest)
        doubled |= any(self._doubles(spec) for spec in specs)
        return specs, has, rest, doubled, active

    def get_results(self, request: HttpRequest) -> None:
        try:
            keys = keys_of(self.model, self.queryset.query.order_by)
        except NoKeyset:
            super().get_results(request)
            return
        own = self._first_by_default()
        book = open_book(self._each_once(), keys, self.list_per_page, own=own)
        try:
            self._show(book, Asked.of(request.GET), all_of_it=ALL_VAR in request.GET)
        except NoPlace as error:
            raise IncorrectLookupParameters from error

    def _show(self, book: Book, asked: Asked, *, all_of_it: bool) -> None:
        self.result_count = book.total
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.multi_page = book.pages > 1
        self.can_show_all = (
            book.exact is not None and book.exact <= self.list_max_show_all
        )
        self.paginator = ListPaginator(range(book.total), self.list_per_page)
        if all_of_it and self.can_show_all:
            self.result_list = book.ordered.first(self.list_max_show_all)
            return
        self.turned = book.turn(asked)
        self.result_list = self.turned.rows
        self.page_num = self.turned.number
        self.pages = type(book.total)(book.pages)

    @property
    def first_url(self) -> str:
        return self.get_query_string({})

    @property
    def previous_url(self) -> str:
        return self._url_of(self.turned.previous if self.turned else None)

    @property
    def next_url(self) -> str:
        return self._url_of(self.turned.next if self.turned else None)

    @property
    def last_url(self) -> str:
        return self._url_of({LAST: "1"} if self.next_url else None)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What an address says beside the page: a form that jumps to one keeps it."""
        self._forget_place()
        given = self.filter_params.items()
        return [(name, value) for name, values in given for value in values]

    def _url_of(self, place: dict[str, str] | None) -> str:
        return self.get_query_string(place) if place else ""

    def _get_deterministic_ordering(self, ordering: Any) -> list[Any]:
        """Sort what is alike in the columns chosen as the list is sorted by itself.

        Turned round where the last of those columns is: one index serves both ways.
        """
        own = [part for part in ordering if isinstance(part, str)]
        if ORDER_VAR not in self.params or len(own) != len(ordering) or not own:
            return list(super()._get_deterministic_ordering(ordering))
        rest = [*self._get_default_ordering(), "-pk"]
        if not all(isinstance(part, str) for part in rest):
            return list(super()._get_deterministic_ordering(ordering))
        is_turned = own[-1].startswith("-")
        return [*own, *(_turned(part) if is_turned else part for part in rest)]

    def _first_by_default(self) -> str:
        try:
            keys = keys_of(self.model, [*self._get_default_ordering(), "pk"])
        except NoKeyset:
            return ""
        return keys[0].path

    def _each_once(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.queryset
        if not rows.query.distinct:
            return rows
        # Those of the list, with what its columns are counted from.
        found = self.root_queryset.filter(pk__in=rows.order_by().values("pk"))
        shown: QuerySet[Any] = self.apply_select_related(found)
        return shown

    def _doubles(self, spec: Any) -> bool:
        if isinstance(spec, OfChildren) or not isinstance(spec, FieldListFilter):
            return False
        path = getattr(spec, "field_path", "")
        return bool(spec.used_parameters) and lookup_spawns_duplicates(
            self.lookup_opts, path
        )

    def _forget_place(self) -> None:
        """Let no link but those that turn pages keep the place."""
        for name in OWN:
            self.params.pop(name, None)
            self.filter_params.pop(name, None)


class OfChildren(ChoicesFieldListFilter):
    """Narrow a list down by a term of rows that belong to its rows (`materials__material`).

    Rare terms are gathered first; a common one is looked for in each row passed by.
    """

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        chosen = self.used_parameters.get(self.lookup_kwarg)
        if not chosen:
            return super().queryset(request, queryset)
        head, _sep, column = self.field_path.rpartition(LOOKUP_SEP)
        relation = queryset.model._meta.get_field(head)
        rows = relation.related_model._base_manager.filter(**{f"{column}__in": chosen})
        return queryset.filter(OfRows(rows, relation.field.name))


class PagedLists:
    """Has an admin show its rows in keyset pages."""

    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would count the whole table
    paginator = ListPaginator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_headings()

    @display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, row: Model) -> str:
        return box_of(row.pk)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PagedList


def _turned(part: str) -> str:
    return part.removeprefix("-") if part.startswith("-") else f"-{part}"
