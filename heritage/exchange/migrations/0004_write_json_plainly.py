"""How JSON is written, not how it is held: no table is touched."""

from typing import Any

from django.db import migrations, models

from heritage.lib.plain_json import PlainJSON


def plain(model: str, name: str, label: str, default: Any = dict, **rest: Any) -> Any:
    field = models.JSONField(
        default=default, encoder=PlainJSON, verbose_name=label, **rest
    )
    return migrations.AlterField(model, name, field)


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_change_many_records")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                plain("doubt", "before", "before", blank=True),
                plain("doubt", "facts", "facts", blank=True),
                plain("doubt", "proposal", "proposal", blank=True),
                plain("loadedrow", "before", "before", blank=True),
                plain("loadedrow", "cells", "cells of a refused row", blank=True),
                plain("loadedrow", "faults", "what is wrong", list, blank=True),
                plain("sourcerecord", "cells", "columns as they came"),
                plain("sourcerecord", "said", "what the mapping made of them"),
            ]
        )
    ]
