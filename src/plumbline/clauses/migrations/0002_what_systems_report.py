import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0001_initial_2'),
    ]

    operations = [
        migrations.AddField(
            model_name='aisystem',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: another reference, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='not_reported',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Left out of the checks that read it, until the next review.', verbose_name='what it cannot report'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='not_reported_why',
            field=models.TextField(blank=True, help_text='Why it cannot be had, and what is looked at instead.', verbose_name='why it cannot'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='output_kinds',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='From these follows what it has to report once it is live.', verbose_name='kinds of output'),
        ),
    ]
