import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0012_resources_awareness_and_communication'),
        ('records', '0010_links_taken_back'),
    ]

    operations = [
        migrations.CreateModel(
            name='InterestedParty',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('type', models.CharField(choices=[('affected people', 'People whom our AI systems touch'), ('customers', 'Customers'), ('employees', 'Employees and their representatives'), ('authorities', 'Authorities and supervisors'), ('suppliers', 'Suppliers and partners'), ('owners', 'Owners and investors'), ('insurers', 'Insurers and auditors'), ('society', 'Associations and the public'), ('group', 'Other companies of the group')], help_text='Which sort of party it is.', max_length=24, verbose_name='type')),
                ('relevance', models.TextField(help_text='What it has to do with our AI, and we with it.', verbose_name='why it matters')),
                ('needs', models.TextField(help_text='What it asks of us, each in a line.', verbose_name='needs and expectations')),
                ('climate', models.CharField(choices=[('yes', 'Yes'), ('no', 'No')], help_text='Is it among what it asks of us?', max_length=8, verbose_name='climate change')),
                ('declined', models.TextField(blank=True, help_text='Which of its needs, and why not.', verbose_name='what we do not take on')),
                ('heard', models.TextField(blank=True, help_text='Who speaks with it, how and how often.', verbose_name='how it is heard')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, or with a new contract or law.', null=True, verbose_name='next review')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it has a stake in. Empty: all.', related_name='interested_parties', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'interested party',
                'verbose_name_plural': 'interested parties',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Issue',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('origin', models.CharField(choices=[('external', 'External: outside the organization'), ('internal', 'Internal: within the organization')], help_text='Outside or inside of us.', max_length=16, verbose_name='where it arises')),
                ('topic', models.CharField(choices=[('law', 'Law and supervision'), ('market', 'Market, customers and competition'), ('technology', 'Technology and suppliers'), ('society', 'Society, culture and expectations'), ('climate', 'Climate change and environment'), ('strategy', 'Strategy and objectives'), ('governance', 'Governance and structure'), ('people', 'People and competence'), ('data', 'Data, systems and tools'), ('contracts', 'Contracts and obligations')], help_text='Where it belongs.', max_length=24, verbose_name='topic')),
                ('description', models.TextField(help_text='Fact or development, in a few sentences.', verbose_name='what it is')),
                ('effect', models.TextField(help_text='How it helps or hinders what the AIMS is to achieve.', verbose_name='what it means for us')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, and before each management review.', null=True, verbose_name='next review')),
                ('risks', models.ManyToManyField(blank=True, help_text='Risks that follow from it.', related_name='issues', to='clauses.risk', verbose_name='risks')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it concerns. Empty: all.', related_name='issues', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'issue',
                'verbose_name_plural': 'issues',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Obligation',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('type', models.CharField(choices=[('legal', 'Legal: law or an authority'), ('contractual', 'Contractual: agreed with somebody'), ('voluntary', 'Voluntary: code, standard or promise')], help_text='What binds us.', max_length=16, verbose_name='type')),
                ('instrument', models.CharField(help_text='Law, contract or code, with article or section.', max_length=300, verbose_name='source')),
                ('text', models.TextField(help_text='In our own words.', verbose_name='what it asks of us')),
                ('how', models.TextField(help_text='By which process, control or system.', verbose_name='how it is met')),
                ('controls', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='By which it is met.', verbose_name='controls of Annex A')),
                ('ends_on', models.DateField(blank=True, help_text='Last day on which it binds us, if there is one.', null=True, verbose_name='ends on')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, or when law or contract change.', null=True, verbose_name='next review')),
                ('party', models.ForeignKey(help_text='Whose need it answers.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='clauses.interestedparty', verbose_name='interested party')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it is about. Empty: all.', related_name='obligations', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'obligation',
                'verbose_name_plural': 'obligations',
            },
            bases=('records.record',),
        ),
    ]
