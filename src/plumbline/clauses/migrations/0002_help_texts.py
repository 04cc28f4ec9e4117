import django.core.validators
import django.db.models.deletion
import plumbline.clauses.choices
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0001_initial'),
    ]

    operations = [
        migrations.AlterField(
            model_name='aisystem',
            name='affected_groups',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Whom its output may touch.', verbose_name='people affected'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='effect',
            field=models.CharField(choices=[('none', 'None'), ('indirect', 'Indirect: it informs work that touches people'), ('direct', 'Direct: people notice the result'), ('legal or similar', 'Legal or similarly significant: access, money, work, health, rights'), ('unknown', 'Not known')], default='unknown', help_text='What its output does to people.', max_length=24, verbose_name='effect on people'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='eu_role',
            field=models.CharField(choices=[('provider', 'Provider'), ('deployer', 'Deployer'), ('provider and deployer', 'Provider and deployer'), ('importer', 'Importer'), ('distributor', 'Distributor'), ('product manufacturer', 'Product manufacturer'), ('authorised representative', 'Authorised representative'), ('none', 'None: the Act does not reach it'), ('not decided', 'Not decided yet')], default='not decided', help_text='As a person decided it.', max_length=32, verbose_name='role under the EU AI Act'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='human_oversight',
            field=models.TextField(blank=True, help_text='Who watches it, what they see, how they override it.', verbose_name='human oversight'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='lifecycle',
            field=models.CharField(choices=[('planned', 'Planned'), ('in development', 'In development'), ('in verification', 'In verification'), ('in operation', 'In operation'), ('suspended', 'Suspended'), ('retired', 'Retired')], default='planned', help_text='Where it stands in its life.', max_length=24, verbose_name='life-cycle state'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='next_review',
            field=models.DateField(blank=True, help_text='Left empty: in twelve months, in three if the effect is direct.', null=True, verbose_name='next review'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='reference_from',
            field=models.DateField(blank=True, help_text='First day of the decisions to compare drift with.', null=True, verbose_name='reference period from'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='released_on',
            field=models.DateField(blank=True, help_text='When it went live. Assess impacts anew for each release.', null=True, verbose_name='released on'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='roles',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='What we are towards it, in the words of ISO/IEC 22989.', verbose_name='our roles'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='slug',
            field=models.CharField(help_text='Short name under which the system sends events. Do not change it once they arrive.', max_length=80, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9][a-z0-9._-]*$', 'Small letters, digits, dots, hyphens and underscores only, such as claims-triage.')], verbose_name='slug'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='sourcing',
            field=models.CharField(choices=[('own', 'Developed here'), ('contracted', 'Developed for us under contract'), ('bought', 'Bought or subscribed to'), ('embedded', 'Part of other software that we bought'), ('open source', 'Open source, run by us'), ('mixed', 'Developed here together with a supplier'), ('unknown', 'Not known')], default='unknown', help_text='Built here or from outside.', max_length=24, verbose_name='origin'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='stop_procedure',
            field=models.TextField(blank=True, help_text='Who may switch it off, how, and what happens instead.', verbose_name='how to stop it'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='supplier',
            field=models.ForeignKey(blank=True, help_text='Who supplies it, if anybody.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='systems', to='clauses.supplier', verbose_name='supplier'),
        ),
        migrations.AlterField(
            model_name='applicability',
            name='applicable',
            field=models.CharField(choices=[('yes', 'Yes'), ('no', 'No')], help_text='Is it needed here?', max_length=8, verbose_name='applies'),
        ),
        migrations.AlterField(
            model_name='applicability',
            name='documents',
            field=models.ManyToManyField(blank=True, help_text='That prove it.', related_name='applicability', to='clauses.document', verbose_name='documents'),
        ),
        migrations.AlterField(
            model_name='applicability',
            name='exclusion_reason',
            field=models.TextField(blank=True, help_text='Why neither risks nor outsiders call for it.', verbose_name='why it is left out'),
        ),
        migrations.AlterField(
            model_name='applicability',
            name='implementation',
            field=models.CharField(choices=[('not started', 'Not started'), ('in progress', 'In progress'), ('implemented', 'Implemented')], default='not started', help_text='How far it is.', max_length=16, verbose_name='implementation'),
        ),
        migrations.AlterField(
            model_name='applicability',
            name='own_control',
            field=models.TextField(blank=True, help_text='For one beyond Annex A: what it asks for, and its source.', verbose_name='own control'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='action',
            field=models.TextField(help_text='Steps that somebody else could carry out.', verbose_name='what is done'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='cause',
            field=models.TextField(help_text='The cause, as far as this deals with it.', verbose_name='cause it removes'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='effectiveness_check',
            field=models.CharField(blank=True, help_text='Empty: a second person verifies.', max_length=120, verbose_name='check that proves it'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='effectiveness_measure',
            field=models.TextField(blank=True, help_text='Without a check: what a person looks at.', verbose_name='what else shows it'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='minimum_results',
            field=models.PositiveIntegerField(blank=True, help_text='In that period, all of them within limits.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='passing results needed'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='assessed_on',
            field=models.DateField(help_text='Day on which it was finished.', verbose_name='assessed on'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='basis',
            field=models.TextField(blank=True, help_text='What it rests on, how good that is, how complex the whole is.', verbose_name='data and model'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='consulted',
            field=models.TextField(blank=True, help_text='Affected people, their speakers, experts; when, and what they said.', verbose_name='who was asked'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='group_effects',
            field=models.TextField(blank=True, help_text='Whom it may treat worse, and how you looked. Say so if nobody.', verbose_name='effects on groups'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='groups',
            field=plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everybody whom it may touch.', verbose_name='people affected'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_groups',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', verbose_name='gravest harm to groups'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_individuals',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', verbose_name='gravest harm to individuals'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_society',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', verbose_name='gravest harm to society'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='human_role',
            field=models.TextField(blank=True, help_text='Who oversees it, with which tools; effects on jobs.', verbose_name='the part of people'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='individuals',
            field=models.TextField(help_text='On rights, safety, health, money.', verbose_name='effects on individuals'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='likelihood',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.likelihoods, help_text='With safeguards.', verbose_name='likelihood of the gravest effect'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='misuse',
            field=models.TextField(help_text='Other use, and what it would do.', verbose_name='foreseeable misuse'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='next_review',
            field=models.DateField(blank=True, help_text='Left empty: in twelve months, in three if people feel the effect directly.', null=True, verbose_name='next assessment'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='risks',
            field=models.ManyToManyField(blank=True, help_text='Risks that it feeds.', related_name='impact_assessments', to='clauses.risk', verbose_name='risks'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='setting',
            field=models.TextField(blank=True, help_text='Technical and social setting; countries and laws.', verbose_name='setting and law'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='society',
            field=models.TextField(help_text='Environment, work, institutions; or none.', verbose_name='effects on society'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='back_test',
            field=models.TextField(blank=True, help_text='Which past results would read differently under it; the period looked at.', verbose_name='back-test'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='change',
            field=models.CharField(choices=[('first', 'First limit'), ('tighter', 'Tighter than before'), ('looser', 'Looser than before'), ('renewed', 'Same as before, renewed')], default='first', help_text='Tighter or looser.', max_length=16, verbose_name='compared with before'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='check_name',
            field=models.CharField(db_index=True, help_text='The check that it is for.', max_length=120, verbose_name='check'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='paused',
            field=models.BooleanField(default=False, help_text='The check is not judged while this is in force. A pause is always looser than before.', verbose_name='check is paused'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='system',
            field=models.ForeignKey(blank=True, help_text='Empty: every system that has no limit of its own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='clauses.aisystem', verbose_name='AI system'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='value',
            field=plumbline.clauses.fields.FigureField(decimal_places=6, help_text='In the unit of the measure; a share is between 0 and 1.', max_digits=20, verbose_name='limit'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='adequate',
            field=models.CharField(choices=[('yes', 'Yes'), ('partly', 'In part'), ('no', 'No'), ('open', 'Not judged yet')], default='open', help_text='Is it enough?', max_length=8, verbose_name='AIMS adequate'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='decisions',
            field=models.TextField(blank=True, help_text='What becomes better, and how; or nothing.', verbose_name='decisions on improvement'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='effective',
            field=models.CharField(choices=[('yes', 'Yes'), ('partly', 'In part'), ('no', 'No'), ('open', 'Not judged yet')], default='open', help_text='Does it work?', max_length=8, verbose_name='AIMS effective'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='suitable',
            field=models.CharField(choices=[('yes', 'Yes'), ('partly', 'In part'), ('no', 'No'), ('open', 'Not judged yet')], default='open', help_text='Does it fit the organization?', max_length=8, verbose_name='AIMS suitable'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='top_management',
            field=models.TextField(blank=True, help_text='Names and functions of who was there.', verbose_name='top management present'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='aims_change',
            field=models.TextField(blank=True, help_text='Rule, process or risk that has to change; or none.', verbose_name='change of the AIMS'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='check_name',
            field=models.CharField(blank=True, db_index=True, help_text='Check whose result raised it.', max_length=120, verbose_name='check'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='description',
            field=models.TextField(help_text='What is asked, what is so, and the evidence.', verbose_name='what was seen'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='no_action',
            field=models.TextField(blank=True, help_text='Why, in proportion to what it did.', verbose_name='why no corrective action is needed'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='own_rule',
            field=models.TextField(blank=True, help_text='Own rule, law or contract that is not met, if not the standard.', verbose_name='own rule'),
        ),
        migrations.AlterField(
            model_name='nonconformity',
            name='requirements',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='What is not met, as far as known.', verbose_name='requirements'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='acceptance_terms',
            field=models.TextField(blank=True, help_text='Conditions under which it is accepted.', verbose_name='terms of acceptance'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='The acceptance ends on this day; six months is usual.', null=True, verbose_name='accepted until'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='aims',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='What it would spoil (C.2).', verbose_name='objectives at stake'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='criteria',
            field=models.ForeignKey(blank=True, help_text='Scales, criteria.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='risks_judged', to='clauses.document', verbose_name='risk criteria'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='criteria_version',
            field=models.CharField(blank=True, help_text="Left empty: the document's present one.", max_length=40, verbose_name='version of the criteria'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='description',
            field=models.TextField(help_text='Event and effect, in a few sentences.', verbose_name='what may happen'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='existing_controls',
            field=models.TextField(blank=True, help_text='Controls that work before any treatment.', verbose_name='what is in place already'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='rationale',
            field=models.TextField(blank=True, help_text='Data, experience and assumptions behind them.', verbose_name='why these figures'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='residual_harm_to_individuals',
            field=models.PositiveSmallIntegerField(blank=True, choices=plumbline.clauses.choices.severities, help_text='As expected.', null=True, verbose_name='harm to individuals or groups after treatment'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='residual_harm_to_organization',
            field=models.PositiveSmallIntegerField(blank=True, choices=plumbline.clauses.choices.severities, help_text='Expected.', null=True, verbose_name='harm to the organization after treatment'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='residual_harm_to_society',
            field=models.PositiveSmallIntegerField(blank=True, choices=plumbline.clauses.choices.severities, help_text='Expected.', null=True, verbose_name='harm to society after treatment'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='residual_level',
            field=models.PositiveSmallIntegerField(editable=False, help_text='After treatment.', null=True, verbose_name='residual level'),
        ),
        migrations.AlterField(
            model_name='risk',
            name='source',
            field=models.CharField(blank=True, choices=plumbline.clauses.choices.risk_sources, help_text='Where it comes from (C.3).', max_length=40, verbose_name='risk source'),
        ),
        migrations.AlterField(
            model_name='treatment',
            name='action',
            field=models.TextField(help_text='Steps that somebody else could carry out.', verbose_name='what is done'),
        ),
        migrations.AlterField(
            model_name='treatment',
            name='controls',
            field=plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Each has to apply in the statement.', verbose_name='controls of Annex A'),
        ),
        migrations.AlterField(
            model_name='treatment',
            name='measure',
            field=models.TextField(help_text='Check, figure or observation that shows it.', verbose_name='how success is seen'),
        ),
        migrations.AlterField(
            model_name='treatment',
            name='own_controls',
            field=models.TextField(blank=True, help_text='Controls beyond Annex A.', verbose_name='other controls'),
        ),
    ]
