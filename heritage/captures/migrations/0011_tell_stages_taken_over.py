import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("captures", "0010_tie_handwork_to_files")]
    operations = [
        migrations.AddField(
            model_name="runstage",
            name="taken_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="captures.run",
                verbose_name="taken over from",
            ),
        ),
    ]
