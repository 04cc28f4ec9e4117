import django.core.validators
import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0015_incidents_and_concerns'),
        ('records', '0010_links_taken_back'),
    ]

    operations = [
        migrations.CreateModel(
            name='Committee',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('purpose', models.TextField(help_text='What it is there for.', verbose_name='purpose')),
                ('mandate', models.TextField(help_text='And what it puts before whom.', verbose_name='what it may decide')),
                ('others', models.TextField(blank=True, help_text='Guests, advisers, people from outside.', verbose_name='others who take part')),
                ('quorum', models.PositiveIntegerField(help_text='Members who have to be there for a decision.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='quorum')),
                ('cadence', models.CharField(choices=[('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('half-yearly', 'Every half year'), ('yearly', 'Yearly')], help_text='How often at least.', max_length=16, verbose_name='meets')),
                ('next_review', models.DateField(help_text='Terms and members are looked at again by then.', null=True, verbose_name='next review')),
            ],
            options={
                'verbose_name': 'committee',
                'verbose_name_plural': 'committees',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='CommitteeMeeting',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('held_on', models.DateField(help_text='Day of the meeting.', null=True, verbose_name='held on')),
                ('present', models.TextField(help_text='Who was there; who kept the minutes.', verbose_name='present')),
                ('quorate', models.CharField(choices=[('yes', 'Yes'), ('no', 'No')], help_text='Were enough members there?', max_length=8, verbose_name='quorum reached')),
                ('minutes', models.TextField(help_text='Point by point, objections included. Markdown.', verbose_name='minutes')),
                ('committee', models.ForeignKey(help_text='The committee that met.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='meetings', to='clauses.committee', verbose_name='committee')),
            ],
            options={
                'verbose_name': 'committee meeting',
                'verbose_name_plural': 'committee meetings',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='CommitteeDecision',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('decision', models.TextField(help_text='And why, with the votes if there were any.', verbose_name='what was decided')),
                ('action', models.TextField(help_text='Steps that somebody else could carry out.', verbose_name='what is done')),
                ('due', models.DateField(help_text='By when it is done.', null=True, verbose_name='due')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it is about. Empty: the AIMS as a whole.', related_name='committee_decisions', to='clauses.aisystem', verbose_name='AI systems')),
                ('meeting', models.ForeignKey(help_text='Where it was decided.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='clauses.committeemeeting', verbose_name='meeting')),
            ],
            options={
                'verbose_name': 'committee decision',
                'verbose_name_plural': 'committee decisions',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Responsibility',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('area', models.CharField(choices=[('conformity', 'Conformity of the AIMS'), ('reporting', 'Reports to top management'), ('risk', 'Risk management'), ('impact', 'Impact assessment'), ('resources', 'Assets and resources'), ('security', 'Security'), ('safety', 'Safety'), ('privacy', 'Privacy'), ('development', 'Development'), ('performance', 'Performance'), ('oversight', 'Human oversight'), ('suppliers', 'Suppliers'), ('law', 'Legal duties'), ('data', 'Data quality through the life cycle')], help_text='Each area needs somebody who answers for it.', max_length=24, verbose_name='area')),
                ('duty', models.TextField(help_text='What has to be done, and what may be decided.', verbose_name='duty and authority')),
                ('carried_out_by', models.CharField(help_text='Functions, units or people.', max_length=300, verbose_name='carried out by')),
                ('consulted', models.CharField(blank=True, help_text='Who is asked before.', max_length=300, verbose_name='consulted')),
                ('informed', models.CharField(blank=True, help_text='Who is told after.', max_length=300, verbose_name='informed')),
                ('told_on', models.DateField(help_text='Day on which they were told.', null=True, verbose_name='made known on')),
                ('controls', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='That it carries out.', verbose_name='controls of Annex A')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, and when somebody leaves.', null=True, verbose_name='next review')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it is about. Empty: all.', related_name='responsibilities', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'responsibility',
                'verbose_name_plural': 'responsibilities',
            },
            bases=('records.record',),
        ),
        migrations.AddField(
            model_name='committee',
            name='members',
            field=models.ManyToManyField(help_text='Each by the responsibility that they sit for.', related_name='committees', to='clauses.responsibility', verbose_name='members'),
        ),
        migrations.CreateModel(
            name='Scope',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('statement', models.TextField(help_text='As it would stand on a certificate.', verbose_name='scope')),
                ('activities', models.TextField(help_text='What we do with AI, and which processes run it.', verbose_name='activities')),
                ('boundaries', models.TextField(help_text='Units, products, and where others take over.', verbose_name='boundaries')),
                ('sites', models.TextField(help_text='Places and premises, and who works from elsewhere.', verbose_name='sites')),
                ('roles', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='All that occur, by ISO/IEC 22989.', verbose_name='our roles')),
                ('exclusions', models.TextField(blank=True, help_text='What is left out, and why; each system by its reference.', verbose_name='exclusions')),
                ('climate', models.CharField(choices=[('yes', 'Yes, it is an issue'), ('no', 'No, it is not')], help_text='Is it an issue for the AIMS?', max_length=8, verbose_name='climate change')),
                ('climate_reason', models.TextField(help_text='What the decision on climate change rests on.', verbose_name='why')),
                ('content', models.JSONField(blank=True, default=dict, help_text='The context of the day on which it went into review, frozen.', verbose_name='context')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, and with each new site, product or acquisition.', null=True, verbose_name='next review')),
                ('excluded', models.ManyToManyField(blank=True, help_text='AI systems that are left out of it.', related_name='left_out_of', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'scope',
                'verbose_name_plural': 'scopes',
            },
            bases=('records.record',),
        ),
    ]
