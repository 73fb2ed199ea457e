"""The storage page of the admin."""

from datetime import datetime

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .growth_chart import draw_growth
from .models import Deposit
from .storage import Storage, read_storage


@require_safe
def storage(request: HttpRequest) -> HttpResponse:
    """Show how much the archive holds, of what, for whom, and how well."""
    if not request.user.has_perm("archive.view_deposit"):
        raise PermissionDenied
    told = read_storage()
    context = admin.site.each_context(request) | {
        "title": _("Storage"),
        "opts": Deposit._meta,
        "facts": _facts(told),
        "chart": draw_growth(told.growth),
        "tables": [
            (_("Originals and computed files"), told.kinds),
            (_("By use"), told.classes),
            (_("By format"), told.formats),
            (_("Largest records"), told.records),
            (_("Growth by month"), told.months),
        ],
    }
    return render(request, "archive/storage.html", context)


def _facts(told: Storage) -> list[tuple[str, object]]:
    health = told.health
    return [
        *health.by_condition.items(),
        (_("objects whose check is overdue"), health.overdue),
        (_("last check"), _moment(health.last_checked)),
        (_("longest unread since"), _moment(health.longest_unread)),
        (
            _("objects in the replica"),
            _("no replica")
            if health.in_replica is None
            else f"{health.in_replica} / {health.objects}",
        ),
        (_("free on the disk"), filesizeformat(told.free_bytes)),
        (_("promised to deposits under way"), filesizeformat(told.promised_bytes)),
        (_("deposits in the inbox"), told.waiting),
    ]


def _moment(at: datetime | None) -> str:
    return localize(timezone.localtime(at)) if at else "–"
