import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0003_what_revisions_make_easier'),
        ('records', '0001_initial_2'),
    ]

    operations = [
        migrations.CreateModel(
            name='PostureVersion',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('occasion', models.TextField(help_text='What this version is for, and who asked for it.', verbose_name='occasion')),
                ('as_of_day', models.DateField(blank=True, help_text='Its states are those at the end of this day. Empty: now.', null=True, verbose_name='as of')),
                ('content', models.JSONField(blank=True, default=dict, help_text='States of every requirement as of that day.', verbose_name='content')),
                ('version', models.PositiveIntegerField(editable=False, help_text='Counts the versions that were approved.', null=True, verbose_name='version')),
                ('frozen_on', models.DateField(editable=False, help_text='Day on which the content was written.', null=True, verbose_name='frozen on')),
            ],
            options={
                'verbose_name': 'version of the posture',
                'verbose_name_plural': 'versions of the posture',
            },
            bases=('records.record',),
        ),
    ]
