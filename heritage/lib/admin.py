"""The admin of rows that are shown and never edited by hand."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin

from .admin_lists import PagedLists


class ShownOnly(PagedLists, ModelAdmin):
    """Nothing is added, changed or deleted here, whatever rights somebody has."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
