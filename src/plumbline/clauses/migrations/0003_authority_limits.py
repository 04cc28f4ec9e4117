import django.db.models.deletion
import plumbline.clauses.fields
import plumbline.clauses.leadership.authority_limits
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0002_help_texts'),
        ('records', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Authority',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('position', models.CharField(blank=True, choices=plumbline.clauses.leadership.authority_limits._positions, help_text='A role, in place of a person.', max_length=40, verbose_name='every holder of')),
                ('acts', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everything that this person or role may decide.', verbose_name='may')),
                ('risk_level', models.CharField(blank=True, choices=[('low', 'Low'), ('moderate', 'Moderate'), ('elevated', 'Elevated'), ('high', 'High'), ('very high', 'Very high')], help_text='Highest residual level that may be accepted.', max_length=16, verbose_name='risks up to')),
                ('grade', models.CharField(blank=True, choices=[('minor', 'Minor'), ('major', 'Major, and one that nobody has graded')], help_text='Gravest one that may be dismissed or left without an action.', max_length=16, verbose_name='nonconformities up to')),
                ('basis', models.TextField(help_text='Resolution, job description or appointment.', verbose_name='what it rests on')),
                ('valid_until', models.DateField(help_text='Last day on which it holds.', verbose_name='valid until')),
                ('person', models.ForeignKey(blank=True, help_text='Who may decide. Leave empty if every holder of a role may.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
            ],
            options={
                'verbose_name': 'authority limit',
                'verbose_name_plural': 'authority limits',
            },
            bases=('records.record',),
        ),
    ]
