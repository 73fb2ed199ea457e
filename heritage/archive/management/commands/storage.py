"""`manage.py storage`: how much the archive holds, of what, and how well."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.storage import Line, read_storage


class Command(BaseCommand):
    help = "Tell how much the archive holds, of what, for which records, and how well."
    requires_system_checks: list[str] = []  # they load every page

    def handle(self, *args: Any, **options: Any) -> None:
        told = read_storage()
        self._table(_("Originals and computed files"), told.kinds)
        self._table(_("By use"), told.classes)
        self._table(_("By format"), told.formats)
        self._table(_("Largest records"), told.records)
        self._table(_("Growth by month"), told.months)
        health = told.health
        self.stdout.write(_("Condition"))
        for name, count in health.by_condition.items():
            self.stdout.write(f"  {count:>10}  {name}")
        lines = {
            _("objects whose check is overdue"): health.overdue,
            _("last check"): _moment(health.last_checked),
            _("longest unread since"): _moment(health.longest_unread),
            _("objects in the replica"): _("no replica")
            if health.in_replica is None
            else f"{health.in_replica} / {health.objects}",
            _("free on the disk"): filesizeformat(told.free_bytes),
            _("promised to deposits under way"): filesizeformat(told.promised_bytes),
            _("deposits in the inbox"): told.waiting,
        }
        for label, value in lines.items():
            self.stdout.write(f"{label}: {value}")

    def _table(self, title: str, lines: Sequence[Line]) -> None:
        self.stdout.write(title)
        for line in lines:
            size = filesizeformat(line.size_bytes)
            self.stdout.write(f"  {line.files:>10}  {size:>12}  {line.name}")


def _moment(told: datetime | None) -> str:
    return timezone.localtime(told).strftime("%Y-%m-%d %H:%M") if told else "–"
