import django.core.validators
import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0011_competence_and_trainings'),
        ('records', '0008_working_copies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Awareness',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('topics', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everything that it is about.', verbose_name='makes aware of')),
                ('audience', models.TextField(help_text='People who work under your control, here or elsewhere.', verbose_name='whom it is for')),
                ('channel', models.CharField(choices=[('training', 'Training or course'), ('meeting', 'Meeting'), ('message', 'Message or news'), ('onboarding', 'First days at work'), ('read and confirmed', 'Read and confirmed')], help_text='In what form.', max_length=24, verbose_name='how')),
                ('content', models.TextField(blank=True, help_text='Message and material, and where it is found.', verbose_name='what was said')),
                ('done_on', models.DateField(help_text='Day on which it ended.', null=True, verbose_name='done on')),
                ('invited', models.PositiveIntegerField(help_text='How many there are, with those who missed it.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='people it is for')),
                ('reached', models.PositiveIntegerField(help_text='How many of them it reached.', null=True, verbose_name='people reached')),
                ('asked', models.PositiveIntegerField(blank=True, help_text='How many were asked whether they know.', null=True, verbose_name='people asked afterwards')),
                ('knew', models.PositiveIntegerField(blank=True, help_text='How many of those could say it.', null=True, verbose_name='of whom knew')),
                ('seen', models.TextField(blank=True, help_text='How it was found out, and what follows from it.', verbose_name='what was seen')),
                ('next_due', models.DateField(blank=True, help_text='When it is done again.', null=True, verbose_name='next')),
            ],
            options={
                'verbose_name': 'awareness measure',
                'verbose_name_plural': 'awareness measures',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Communication',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('side', models.CharField(choices=[('inside', 'Inside'), ('outside', 'Outside')], help_text='Where those are who hear it.', max_length=16, verbose_name='inside or outside')),
                ('audience', models.TextField(help_text='Groups or functions, as exactly as somebody could send it.', verbose_name='to whom')),
                ('what', models.TextField(help_text='What is said, and what is kept back.', verbose_name='what')),
                ('cadence', models.CharField(choices=[('continuous', 'Continuous'), ('daily', 'Daily'), ('weekly', 'Weekly'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly'), ('on event', 'When something happens')], help_text='How often, or on what occasion.', max_length=16, verbose_name='when')),
                ('occasion', models.TextField(blank=True, help_text='For one on an occasion: which, and within what time.', verbose_name='occasion')),
                ('channel', models.CharField(help_text="Mail, meeting, page, letter, authority's form.", max_length=200, verbose_name='how')),
                ('speaker', models.CharField(blank=True, help_text='Function that may say it.', max_length=200, verbose_name='by whom')),
                ('basis', models.CharField(blank=True, help_text='Law, contract or own rule, if any.', max_length=200, verbose_name='what asks for it')),
                ('said_on', models.DateField(blank=True, help_text='Day on which it was last said.', null=True, verbose_name='last done')),
                ('said_what', models.TextField(blank=True, help_text='In a sentence, and where it is kept.', verbose_name='what was said then')),
                ('next_due', models.DateField(blank=True, help_text='When it is said again.', null=True, verbose_name='next')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems it is about. Empty: the AIMS as a whole.', related_name='communications', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'communication',
                'verbose_name_plural': 'communications',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('type', models.CharField(choices=[('people', 'People and their skills'), ('tooling', 'Tools: for data, building, testing, running'), ('computing', 'Systems and computing'), ('data', 'Data'), ('money', 'Money'), ('time', 'Time')], help_text='What sort of resource it is.', max_length=16, verbose_name='type')),
                ('stages', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Stages of a life cycle in which it is needed.', verbose_name='stages')),
                ('description', models.TextField(help_text='So that somebody could ask for the same again.', verbose_name='what it is')),
                ('provider', models.CharField(blank=True, help_text='Unit, customer or supplier.', max_length=200, verbose_name='who gives it')),
                ('place', models.CharField(blank=True, help_text='On premises, cloud and region, edge.', max_length=200, verbose_name='place')),
                ('needed', models.CharField(help_text='How much is needed, with its unit.', max_length=120, verbose_name='needed')),
                ('available', models.CharField(blank=True, help_text='How much there is, with its unit.', max_length=120, verbose_name='there')),
                ('enough', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No')], help_text='As whoever answers for the work judges it.', max_length=16, verbose_name='is it enough?')),
                ('gap', models.TextField(blank=True, help_text='What that means, and what is done about it.', verbose_name='what is lacking')),
                ('footprint', models.TextField(blank=True, help_text='Energy, water, hardware: measured or estimated.', verbose_name='effect on the environment')),
                ('next_review', models.DateField(blank=True, help_text='When it is looked at again.', null=True, verbose_name='next review')),
                ('competences', models.ManyToManyField(blank=True, help_text='For people: what they have to be able to do.', related_name='resources', to='clauses.competence', verbose_name='competences')),
                ('components', models.ManyToManyField(blank=True, help_text='For tools and services: their rows of the register.', related_name='resources', to='clauses.component', verbose_name='components')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that need it. Empty: the AIMS as a whole.', related_name='resources', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'resource',
                'verbose_name_plural': 'resources',
            },
            bases=('records.record',),
        ),
    ]
