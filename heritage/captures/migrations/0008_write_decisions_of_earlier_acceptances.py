"""Models accepted before decisions were written down get theirs, dated by what is known."""

from typing import Any

from django.conf import settings
from django.db import migrations


def write_decisions(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    runs = apps.get_model("captures", "Run").objects.using(alias)
    decisions = apps.get_model("captures", "RunDecision").objects.using(alias)
    changes = apps.get_model("archive", "RecordChange").objects.using(alias)
    undecided = runs.filter(is_accepted=True, decisions__isnull=True)
    for run in undecided.select_related("capture__relic").iterator():
        event = _acceptance(apps, alias, run)
        by = event.by if event else None
        decisions.create(
            run=run,
            verdict="accepted",
            at=event.at if event else run.finished_at or run.created_at,
            by=by,
            checker=_name(by) if by else "",
        )
        relic = run.capture.relic  # no signal notes that its record must be kept anew
        changes.create(kind="relic", key=relic.key)


def _acceptance(apps: Any, alias: str, run: Any) -> Any:
    """Give the last time that a model of the relic was accepted: then it was this one."""
    events = apps.get_model("catalogue", "RecordEvent").objects.using(alias)
    told = events.filter(
        record_kind="relic", record_key=run.capture.relic.key, verb="accepted"
    )
    return told.select_related("by").order_by("-at", "-pk").first()


def _name(user: Any) -> str:
    return f"{user.first_name} {user.last_name}".strip() or user.username


class Migration(migrations.Migration):
    dependencies = [
        ("archive", "0007_note_changes_apart"),
        ("captures", "0007_add_handwork_and_comparisons"),
        ("catalogue", "0011_log_models_refused"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(write_decisions, migrations.RunPython.noop)]
