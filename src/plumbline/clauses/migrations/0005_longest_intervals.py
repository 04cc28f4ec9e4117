import django.core.validators
import django.db.models.deletion
import plumbline.clauses.planning.longest_intervals
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0004_quality_verdict'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LongestInterval',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('subject', models.CharField(choices=plumbline.clauses.planning.longest_intervals._subjects, help_text='The day that it is about.', max_length=80, unique=True, verbose_name='day')),
                ('months', models.PositiveIntegerField(help_text='Whole months from the day of writing.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most, months')),
                ('reason', models.TextField(help_text='Law, contract, risk or experience behind it.', verbose_name='why')),
            ],
            options={
                'verbose_name': 'longest interval',
                'verbose_name_plural': 'longest intervals',
            },
            bases=('records.record',),
        ),
    ]
