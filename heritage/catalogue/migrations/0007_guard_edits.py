"""Count the edits of each record; of changes of the past no door is known."""


import heritage.catalogue.doors
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0006_close_what_nobody_agreed_to'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='bearer',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='element',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='findbatch',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalagent',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalagent',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalbearer',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalbearer',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalelement',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalelement',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalfindbatch',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalfindbatch',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalperiod',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalperiod',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalplace',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalplace',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalrecording',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalrecording',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalrelic',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalrelic',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='historicalsite',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default='', editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AddField(
            model_name='historicalsite',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='period',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='place',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='recording',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='relic',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AddField(
            model_name='site',
            name='edit_version',
            field=models.PositiveIntegerField(default=1, editable=False, help_text='one more with each save: who saves says which one was read', verbose_name='edit version'),
        ),
        migrations.AlterField(
            model_name='agent',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='bearer',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='element',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='findbatch',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalagent',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalbearer',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalelement',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalfindbatch',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalperiod',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalplace',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalrecording',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalrelic',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('curator', 'curator'), ('ledger-keeper', 'ledger keeper'), ('store-keeper', 'store keeper'), ('contributor', 'contributor'), ('volunteer', 'volunteer'), ('scholar', 'scholar')], max_length=20, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='period',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='place',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='recording',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='relic',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='site',
            name='state',
            field=models.CharField(choices=[('draft', 'draft'), ('review', 'in review'), ('released', 'released'), ('withdrawn', 'withdrawn')], db_index=True, default='draft', editable=False, max_length=10, verbose_name='state'),
        ),
        migrations.AlterField(
            model_name='historicalagent',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalbearer',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalelement',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalfindbatch',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalperiod',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalplace',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalrecording',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalrelic',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
        migrations.AlterField(
            model_name='historicalsite',
            name='door',
            field=models.CharField(choices=[('admin', 'admin'), ('api', 'API'), ('import', 'import'), ('command', 'command'), ('time', 'time')], default=heritage.catalogue.doors.door_now, editable=False, max_length=10, verbose_name='door'),
        ),
    ]
