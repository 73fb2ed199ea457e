"""Count the edits of each record; of changes of the past no door is known."""


import heritage.catalogue.doors
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exhibits', '0001_first_records'),
    ]

    operations = [
        migrations.AddField(
            model_name='exhibit',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalexhibit',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalexhibit',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AlterField(
            model_name='exhibit',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalexhibit',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalexhibit',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
    ]
