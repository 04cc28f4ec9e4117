import django.core.validators
import django.db.models.deletion
import plumbline.clauses.choices
import plumbline.clauses.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0010_pinned_may_be_unknown'),
        ('records', '0008_working_copies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Competence',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('work', models.CharField(choices=[('management', 'Running the AIMS'), ('risk', 'Assessing risks and impacts'), ('development', 'Building and testing AI'), ('data', 'Data and its quality'), ('operation', 'Operating AI'), ('oversight', 'Overseeing AI and deciding on what it proposes'), ('security', 'Security, safety and privacy'), ('buying', 'Buying AI and watching suppliers'), ('audit', 'Auditing the AIMS'), ('domain', 'The field in which AI is used')], help_text='The work that asks for it.', max_length=24, verbose_name='work')),
                ('position', models.CharField(blank=True, choices=plumbline.clauses.choices.positions, help_text='A role here whose holders all need it.', max_length=40, verbose_name='every holder of')),
                ('stages', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Stages of a life cycle in which it is needed.', verbose_name='stages')),
                ('needed', models.TextField(help_text='Knowledge, skill and judgement, as somebody could be asked for it.', verbose_name='what it takes')),
                ('ways', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Everything that is accepted.', verbose_name='how it can be had')),
                ('proof', models.TextField(blank=True, help_text='Certificate, test, observed work: what counts, and what does not.', verbose_name='how it is shown')),
                ('renewed_after', models.PositiveIntegerField(blank=True, help_text='How long evidence of it holds.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='shown again after, months')),
                ('next_review', models.DateField(blank=True, help_text='When it is asked whether this is still what it takes.', null=True, verbose_name='next review')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems it is needed for. Empty: all of them.', related_name='competences', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'competence',
                'verbose_name_plural': 'competences',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('holder', models.CharField(blank=True, help_text='In place of a person: somebody without an account here.', max_length=120, verbose_name='name')),
                ('content', models.TextField(blank=True, help_text='What is taught or practised, and in what form.', verbose_name='content')),
                ('provider', models.CharField(blank=True, help_text='Who teaches it, if somebody outside does.', max_length=200, verbose_name='provider')),
                ('held_on', models.DateField(blank=True, help_text='Day on which it ended.', null=True, verbose_name='held on')),
                ('method', models.CharField(choices=[('test', 'Test'), ('observed work', 'Work that is observed'), ('results', 'Results of the work, such as overrides or errors'), ('interview', 'Interview'), ('simulation', 'Exercise with seeded errors')], help_text='How it is found out whether it worked.', max_length=24, verbose_name='evaluated by')),
                ('evaluate_on', models.DateField(help_text='First day of the evaluation: what stays is seen later.', null=True, verbose_name='to be evaluated on')),
                ('evaluated_on', models.DateField(blank=True, help_text='Day of the evaluation.', null=True, verbose_name='evaluated on')),
                ('result', models.CharField(blank=True, choices=[('effective', 'Yes'), ('partly', 'In part'), ('not effective', 'No')], help_text='What the evaluation showed.', max_length=16, verbose_name='did it work?')),
                ('findings', models.TextField(blank=True, help_text='Results and figures, and what follows from them.', verbose_name='what was seen')),
                ('competences', models.ManyToManyField(help_text='What it is meant to give.', related_name='trainings', to='clauses.competence', verbose_name='competences')),
                ('evaluator', models.ForeignKey(blank=True, help_text='Who evaluated it; neither the trainer nor who took part.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='evaluator')),
                ('person', models.ForeignKey(blank=True, help_text='Who takes part.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('trainer', models.ForeignKey(blank=True, help_text='Who teaches it, if somebody here does.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='trainer')),
            ],
            options={
                'verbose_name': 'training',
                'verbose_name_plural': 'trainings',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('holder', models.CharField(blank=True, help_text='In place of a person: somebody without an account here.', max_length=120, verbose_name='name')),
                ('ways', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everything that it rests on.', verbose_name='had by')),
                ('evidence', models.TextField(help_text='Certificate, result, work that was seen: where it is found, and who saw it.', verbose_name='evidence')),
                ('shown_on', models.DateField(help_text='Day from which the evidence holds.', null=True, verbose_name='shown on')),
                ('valid_until', models.DateField(help_text='Last day on which it holds.', null=True, verbose_name='valid until')),
                ('gap', models.TextField(blank=True, help_text='What is not there yet, and what is done about it.', verbose_name='still lacking')),
                ('competence', models.ForeignKey(help_text='What the person is able to do.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to='clauses.competence', verbose_name='competence')),
                ('person', models.ForeignKey(blank=True, help_text='Who has it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('trainings', models.ManyToManyField(blank=True, help_text='Trainings that it rests on.', related_name='qualifications', to='clauses.training', verbose_name='trainings')),
            ],
            options={
                'verbose_name': 'qualification',
                'verbose_name_plural': 'qualifications',
            },
            bases=('records.record',),
        ),
    ]
