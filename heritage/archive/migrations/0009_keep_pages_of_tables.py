"""Longer names: a page of a table has one. And SQLite refuses to delete events as well.

SQLite writes a table anew to change a column, and drops its triggers with the old one.
"""

from django.db import migrations, models

TABLE = "archive_preservationevent"
SAYS = "preservation events are only ever added to"
TRIGGERS = {f"{TABLE}_stays": "UPDATE", f"{TABLE}_remains": "DELETE"}


def refuse(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    allow(apps, schema_editor)
    for name, act in TRIGGERS.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
        )


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("archive", "0008_retire_and_erase")]

    operations = [
        migrations.AlterField(
            model_name="preservationevent",
            name="subject_key",
            field=models.CharField(
                db_index=True, max_length=120, verbose_name="key of what it was done to"
            ),
        ),
        migrations.AlterField(
            model_name="preservedrecord",
            name="key",
            field=models.CharField(max_length=100, verbose_name="key"),
        ),
        migrations.AlterField(
            model_name="recordchange",
            name="key",
            field=models.CharField(max_length=100, verbose_name="key"),
        ),
        migrations.RunPython(refuse, allow),
    ]
