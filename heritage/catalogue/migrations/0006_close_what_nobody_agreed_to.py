"""Of bearers who live and have never agreed to anything, nothing hangs open."""

from typing import Any

from django.db import migrations

CLOSED = {"open_lineage": False, "open_life": False, "open_recordings": False}


def close(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    bearers = apps.get_model("catalogue", "Bearer").objects.using(alias)
    asked = bearers.exclude(status="deceased").filter(consent_until=None)
    asked.filter(consents=None).update(**CLOSED)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_add_intangible_and_immovable_heritage")]

    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
