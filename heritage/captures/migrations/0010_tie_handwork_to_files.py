from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("captures", "0009_keep_models_in_house")]
    operations = [
        migrations.AddField(
            model_name="handact",
            name="scans",
            field=models.JSONField(
                default=dict, editable=False, verbose_name="scans it was said of"
            ),
        ),
    ]
