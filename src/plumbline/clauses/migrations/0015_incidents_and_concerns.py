import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0014_whys_of_nonconformities'),
        ('records', '0010_links_taken_back'),
    ]

    operations = [
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('happened_on', models.DateField(blank=True, help_text='Day of the event.', null=True, verbose_name='happened on')),
                ('noticed_on', models.DateField(blank=True, help_text='Day on which somebody became aware of it.', null=True, verbose_name='noticed on')),
                ('description', models.TextField(help_text='Event and effect, in a few sentences.', verbose_name='what happened')),
                ('type', models.CharField(blank=True, choices=[('wrong output', 'Wrong or misleading output'), ('unfair', 'Unfair to a group of people'), ('unavailable', 'Did not work, or too slowly'), ('privacy', 'Personal data where it does not belong'), ('security', 'Attack or manipulation'), ('misuse', 'Used for what it is not meant for'), ('oversight', 'Nobody looked, or nobody could stop it'), ('physical', 'Injury or damage to things'), ('other', 'Something else')], help_text='What sort of event it is.', max_length=24, verbose_name='type')),
                ('severity', models.CharField(blank=True, choices=[('near miss', 'Near miss: no harm done'), ('limited', 'Limited: put right within days'), ('serious', 'Serious: harm to people or many affected'), ('critical', 'Critical: lasting harm, or the law asks for notice')], help_text='By the harm done or nearly done, not by a figure.', max_length=16, verbose_name='severity')),
                ('harmed', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Every group that was touched.', verbose_name='who was affected')),
                ('people', models.PositiveIntegerField(blank=True, help_text='How many, as far as known.', null=True, verbose_name='people affected')),
                ('containment', models.TextField(blank=True, help_text='Stop, roll back, inform; and what went on.', verbose_name='what was done at once')),
                ('evidence_on', models.DateField(blank=True, help_text='Day on which it was put aside, before anything changed.', null=True, verbose_name='evidence kept on')),
                ('evidence', models.TextField(blank=True, help_text='Logs, inputs, version and settings: what, where, and by whom.', verbose_name='what was kept')),
                ('timeline', models.TextField(blank=True, help_text='A line for each step: day, time if known, and what happened.', verbose_name='timeline')),
                ('cause_method', models.CharField(blank=True, choices=[('five whys', 'Five whys'), ('cause and effect', 'Cause-and-effect diagram'), ('timeline', 'Timeline'), ('other', 'Other')], help_text='Method used.', max_length=24, verbose_name='how the cause was found')),
                ('cause', models.TextField(blank=True, help_text='Why it happened, and why nobody saw it before.', verbose_name='cause')),
                ('lessons', models.TextField(blank=True, help_text='What has to change, here and elsewhere.', verbose_name='what was learned')),
                ('tell', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No')], help_text='By the plan for telling people of incidents.', max_length=16, verbose_name='are users told?')),
                ('told_on', models.DateField(blank=True, help_text='Day on which they were first told.', null=True, verbose_name='users told on')),
                ('told', models.TextField(blank=True, help_text='To whom, how, in what words; or why nobody is told.', verbose_name='what they were told')),
                ('authority', models.CharField(blank=True, help_text='Name and day, if the law asks for it.', max_length=200, verbose_name='authority told')),
                ('nonconformities', models.ManyToManyField(blank=True, help_text='What of it is taken on as one.', related_name='incidents', to='clauses.nonconformity', verbose_name='nonconformities')),
                ('risks', models.ManyToManyField(blank=True, help_text='Risks that came true, or that it shows.', related_name='incidents', to='clauses.risk', verbose_name='risks')),
                ('system', models.ForeignKey(blank=True, help_text='The system that it happened with.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='clauses.aisystem', verbose_name='AI system')),
            ],
            options={
                'verbose_name': 'incident',
                'verbose_name_plural': 'incidents',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('channel', models.CharField(choices=[('inside', 'Inside: people who work here or for us'), ('outside', 'Outside: harm that others report'), ('contest', 'Contest: somebody wants a decision looked at again')], help_text='By which way it came; they are kept apart.', max_length=16, verbose_name='channel')),
                ('received_on', models.DateField(help_text='Day on which it came in.', null=True, verbose_name='received on')),
                ('topic', models.CharField(blank=True, choices=[('unfair', 'Unfair treatment'), ('harm', 'Harm or danger'), ('wrong', 'A wrong decision or output'), ('privacy', 'Personal data'), ('misuse', 'Use that is not meant'), ('pressure', 'Pressure to look away, or retaliation'), ('other', 'Something else')], help_text='What it is about, as whoever takes it reads it.', max_length=24, verbose_name='about')),
                ('concern', models.TextField(help_text='In the words in which it came.', verbose_name='what was said')),
                ('decision', models.CharField(blank=True, help_text='Number or receipt of the decision.', max_length=120, verbose_name='decision contested')),
                ('reporter', models.CharField(choices=[('named', 'By name'), ('confidential', 'By name, known to whoever takes it alone'), ('anonymous', 'Anonymously')], help_text='How far the name goes.', max_length=16, verbose_name='who reports')),
                ('name', models.CharField(blank=True, help_text='Left empty for one that is anonymous.', max_length=200, verbose_name='name and way to answer')),
                ('protection', models.TextField(blank=True, help_text='What is done so that nobody is worse off for it.', verbose_name='protection')),
                ('assessment', models.TextField(blank=True, help_text='Whom you asked, what you saw, and what it means.', verbose_name='what was looked into')),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'It is so, and something changes'), ('partly', 'In part'), ('not upheld', 'It is not so'), ('withdrawn', 'Withdrawn by whoever reported it')], help_text='What became of it.', max_length=24, verbose_name='outcome')),
                ('answered_on', models.DateField(blank=True, help_text='Day on which whoever reported it could read the answer.', null=True, verbose_name='answered on')),
                ('answer', models.TextField(blank=True, help_text='What was said to them, or put up where they can read it.', verbose_name='answer')),
                ('nonconformity', models.ForeignKey(blank=True, help_text='What of it is taken on as one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='clauses.nonconformity', verbose_name='nonconformity')),
                ('system', models.ForeignKey(blank=True, help_text='The system it is about, if it is about one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='clauses.aisystem', verbose_name='AI system')),
                ('incident', models.ForeignKey(blank=True, help_text='The incident that it shows.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='concerns', to='clauses.incident', verbose_name='incident')),
            ],
            options={
                'verbose_name': 'concern',
                'verbose_name_plural': 'concerns',
            },
            bases=('records.record',),
        ),
    ]
