import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0021_agents_and_supplier_assessments'),
        ('records', '0011_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('description', models.TextField(help_text='And for whom, in a few sentences.', verbose_name='what could become better')),
                ('source', models.TextField(blank=True, help_text='Audit, review, incident, or an idea of somebody.', verbose_name='where else it was seen')),
                ('benefit', models.TextField(help_text='For people, for us, for the AIMS.', verbose_name='what it would bring')),
                ('downside', models.TextField(blank=True, help_text='Money, time, and new risks.', verbose_name='what it could cost')),
                ('decision', models.CharField(choices=[('take', 'Yes, we take it'), ('leave', 'No, not now')], help_text='What was decided.', max_length=16, verbose_name='do we take it?')),
                ('reason', models.TextField(help_text='What the decision rests on.', verbose_name='why')),
                ('actions', models.TextField(blank=True, help_text='Steps that somebody else could carry out.', verbose_name='what is done')),
                ('measure', models.TextField(blank=True, help_text='Figure or observation, set beforehand.', verbose_name='how its effect is seen')),
                ('due', models.DateField(help_text='By when its effect is evaluated, or it is looked at again.', null=True, verbose_name='due')),
                ('evaluated_on', models.DateField(blank=True, help_text='Day on which its effect was evaluated.', null=True, verbose_name='evaluated on')),
                ('effect', models.CharField(blank=True, choices=[('better', 'Yes, as hoped'), ('in part', 'In part'), ('same', 'No, nothing changed'), ('worse', 'It became worse')], help_text='What the evaluation showed.', max_length=16, verbose_name='did it become better?')),
                ('findings', models.TextField(blank=True, help_text='Figures, and what follows from them.', verbose_name='what was seen')),
                ('issues', models.ManyToManyField(blank=True, help_text='Issues that it comes from.', related_name='opportunities', to='clauses.issue', verbose_name='issues')),
                ('parties', models.ManyToManyField(blank=True, help_text='Parties whose needs it meets.', related_name='opportunities', to='clauses.interestedparty', verbose_name='parties')),
            ],
            options={
                'verbose_name': 'opportunity',
                'verbose_name_plural': 'opportunities',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='RiskAssessment',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('trigger', models.CharField(choices=[('planned', 'Planned interval'), ('new system', 'New system or use'), ('release', 'New release, model or supplier'), ('incident', 'Incident or concern'), ('data', 'Data, drift or limits'), ('context', 'Law, party or other context'), ('criteria', 'New criteria or method'), ('other', 'Something else')], help_text='Plan or event.', max_length=24, verbose_name='what called for it')),
                ('occasion', models.TextField(help_text='What was to be found out, and what had changed.', verbose_name='occasion')),
                ('assessed_on', models.DateField(help_text='Day on which it ended.', null=True, verbose_name='assessed on')),
                ('participants', models.TextField(help_text='Names and functions, those asked included.', verbose_name='who took part')),
                ('result', models.CharField(choices=[('acceptable', 'All within what we accept'), ('treatment', 'Treatment is needed'), ('decision', 'Top management decides'), ('stop', 'A system is stopped')], help_text='What follows from it as a whole.', max_length=24, verbose_name='result')),
                ('findings', models.TextField(help_text='What is new, what has changed, what is to do.', verbose_name='what was found')),
                ('content', models.JSONField(blank=True, default=dict, help_text='Criteria and risks as they were when it went into review, frozen.', verbose_name='levels')),
                ('next_review', models.DateField(help_text='The next one is made by then, and sooner when something calls for it.', null=True, verbose_name='next review')),
                ('risks', models.ManyToManyField(help_text='All that it looked at, the unchanged ones too.', related_name='assessments', to='clauses.risk', verbose_name='risks')),
            ],
            options={
                'verbose_name': 'risk assessment',
                'verbose_name_plural': 'risk assessments',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='TreatmentPlan',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('purpose', models.TextField(help_text='Systems, period and reason of this plan.', verbose_name='what it covers')),
                ('residual', models.TextField(help_text='Which risk remains after all of them, and why we can accept it.', verbose_name='what is left')),
                ('content', models.JSONField(blank=True, default=dict, help_text='Risks and treatments as they were when it went into review, frozen.', verbose_name='plan')),
                ('next_review', models.DateField(help_text='Looked at again by then, and when a risk or a treatment changes.', null=True, verbose_name='next review')),
                ('risks', models.ManyToManyField(help_text='Risks that it treats.', related_name='treatment_plans', to='clauses.risk', verbose_name='risks')),
                ('treatments', models.ManyToManyField(help_text='Approved ones, in any order.', related_name='plans', to='clauses.treatment', verbose_name='treatments')),
            ],
            options={
                'verbose_name': 'treatment plan',
                'verbose_name_plural': 'treatment plans',
            },
            bases=('records.record',),
        ),
    ]
