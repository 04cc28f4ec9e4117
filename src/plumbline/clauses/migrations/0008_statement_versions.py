import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0007_risk_criteria'),
        ('records', '0003_units_that_wait_for_approval'),
    ]

    operations = [
        migrations.CreateModel(
            name='StatementVersion',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('occasion', models.TextField(help_text='What this version is for, and who asked for it.', verbose_name='occasion')),
                ('content', models.JSONField(blank=True, default=dict, help_text='Decisions and states of the day on which it was frozen.', verbose_name='content')),
                ('version', models.PositiveIntegerField(editable=False, help_text='Counts the versions that were approved.', null=True, verbose_name='version')),
                ('frozen_on', models.DateField(editable=False, help_text='Day on which the content was written.', null=True, verbose_name='frozen on')),
            ],
            options={
                'verbose_name': 'version of the statement',
                'verbose_name_plural': 'versions of the statement',
            },
            bases=('records.record',),
        ),
    ]
