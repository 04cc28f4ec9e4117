import django.core.validators
import django.db.models.deletion
import plumbline.clauses.choices
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0005_back_tests_of_the_statement'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attestation',
            name='period_from',
            field=models.DateField(help_text='First day of the period it speaks of.', null=True, verbose_name='period from'),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='period_until',
            field=models.DateField(help_text='Last day of that period; not in the future.', null=True, verbose_name='period until'),
        ),
        migrations.AlterField(
            model_name='attestation',
            name='valid_until',
            field=models.DateField(help_text='After this day the statement is out of date.', null=True, verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='authority',
            name='valid_until',
            field=models.DateField(help_text='Last day on which it holds.', null=True, verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='due',
            field=models.DateField(help_text='By when it is carried out.', null=True, verbose_name='due'),
        ),
        migrations.AlterField(
            model_name='correctiveaction',
            name='nonconformity',
            field=models.ForeignKey(help_text='The nonconformity whose cause it removes.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrective_actions', to='clauses.nonconformity', verbose_name='nonconformity'),
        ),
        migrations.AlterField(
            model_name='deviation',
            name='expires_on',
            field=models.DateField(help_text='Last day on which the departure is allowed.', null=True, verbose_name='ends on'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='assessed_on',
            field=models.DateField(help_text='Day on which it was finished.', null=True, verbose_name='assessed on'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_groups',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', null=True, verbose_name='gravest harm to groups'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_individuals',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', null=True, verbose_name='gravest harm to individuals'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='harm_to_society',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.severities, help_text='With safeguards.', null=True, verbose_name='gravest harm to society'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='likelihood',
            field=models.PositiveSmallIntegerField(choices=plumbline.clauses.choices.likelihoods, help_text='With safeguards.', null=True, verbose_name='likelihood of the gravest effect'),
        ),
        migrations.AlterField(
            model_name='impactassessment',
            name='system',
            field=models.ForeignKey(help_text='The system that was assessed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='impact_assessments', to='clauses.aisystem', verbose_name='AI system'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='valid_until',
            field=models.DateField(help_text='Last day on which it is in force.', null=True, verbose_name='valid until'),
        ),
        migrations.AlterField(
            model_name='limit',
            name='value',
            field=plumbline.clauses.fields.FigureField(decimal_places=6, help_text='In the unit of the measure; a share is between 0 and 1.', max_digits=20, null=True, verbose_name='limit'),
        ),
        migrations.AlterField(
            model_name='longestinterval',
            name='months',
            field=models.PositiveIntegerField(help_text='Whole months from the day of writing.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='at most, months'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='period_from',
            field=models.DateField(help_text='First day of the period that is reviewed.', null=True, verbose_name='period from'),
        ),
        migrations.AlterField(
            model_name='managementreview',
            name='period_until',
            field=models.DateField(help_text='Last day of that period.', null=True, verbose_name='period until'),
        ),
        migrations.AlterField(
            model_name='objective',
            name='due',
            field=models.DateField(help_text='By when it is reached.', null=True, verbose_name='due'),
        ),
        migrations.AlterField(
            model_name='policy',
            name='next_review',
            field=models.DateField(help_text='By when its fitness is looked at again; yearly is usual.', null=True, verbose_name='next review'),
        ),
        migrations.AlterField(
            model_name='riskcriteria',
            name='next_review',
            field=models.DateField(help_text='When they are looked at again.', null=True, verbose_name='next review'),
        ),
        migrations.AlterField(
            model_name='treatment',
            name='due',
            field=models.DateField(help_text='By when it is carried out.', null=True, verbose_name='due'),
        ),
    ]
