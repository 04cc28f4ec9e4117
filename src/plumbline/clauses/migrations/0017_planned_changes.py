import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0016_leadership'),
        ('records', '0011_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('purpose', models.TextField(help_text='What is changed in the AIMS, and what for.', verbose_name='purpose')),
                ('parts', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Parts of the AIMS that it changes.', verbose_name='what it touches')),
                ('consequences', models.TextField(help_text='What may follow, wanted or not, for whom.', verbose_name='consequences')),
                ('integrity', models.TextField(help_text='How it goes on working during the change and after it.', verbose_name='integrity of the AIMS')),
                ('resources', models.TextField(help_text='People, money, tools; or that it takes none.', verbose_name='what it takes')),
                ('responsibilities', models.TextField(help_text='Duties that are given, moved or taken away; or that none is.', verbose_name='who gets what')),
                ('begins_on', models.DateField(help_text='Planned first day, after its approval.', null=True, verbose_name='begins on')),
                ('due', models.DateField(help_text='By when it is carried out.', null=True, verbose_name='due')),
                ('done_on', models.DateField(blank=True, help_text='Day on which it was complete.', null=True, verbose_name='carried out on')),
                ('result', models.CharField(blank=True, choices=[('yes', 'Yes'), ('partly', 'In part'), ('no', 'No')], help_text='Whether it went as it was planned.', max_length=16, verbose_name='as planned?')),
                ('outcome', models.TextField(blank=True, help_text='What was changed, and what followed that nobody had planned.', verbose_name='what came of it')),
                ('duties', models.ManyToManyField(blank=True, help_text='Those that it changes.', related_name='changes', to='clauses.responsibility', verbose_name='responsibilities')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
            },
            bases=('records.record',),
        ),
    ]
