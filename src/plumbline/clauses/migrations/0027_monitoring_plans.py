import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0026_versions_to_be_acknowledged'),
        ('records', '0011_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonitoringPlan',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('subject', models.TextField(help_text='What is monitored and measured.', verbose_name='what is watched')),
                ('purpose', models.TextField(help_text='What is decided by the results, and when.', verbose_name='what it is to tell')),
                ('checks', models.TextField(blank=True, help_text='Names of checks that run here, one a line, as their pages show them.', verbose_name='checks')),
                ('methods', models.TextField(help_text='How it is measured and analysed, so that results are valid and comparable.', verbose_name='methods')),
                ('cadence', models.CharField(choices=[('continuous', 'Continuous'), ('daily', 'Daily'), ('weekly', 'Weekly'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly')], default='monthly', help_text='How often.', max_length=16, verbose_name='measured')),
                ('measured_by', models.CharField(help_text='Who takes the figures, or sees to it.', max_length=200, verbose_name='measured by')),
                ('source', models.CharField(blank=True, help_text='Where they are kept, if any are.', max_length=300, verbose_name='results taken by hand')),
                ('measured_on', models.DateField(blank=True, help_text='Day of the last of those results.', null=True, verbose_name='last taken by hand')),
                ('evaluated', models.CharField(choices=[('continuous', 'Continuous'), ('daily', 'Daily'), ('weekly', 'Weekly'), ('monthly', 'Monthly'), ('quarterly', 'Quarterly'), ('yearly', 'Yearly')], default='quarterly', help_text='How often somebody says what the results mean.', max_length=16, verbose_name='evaluated')),
                ('evaluated_on', models.DateField(blank=True, help_text='Day of the last evaluation.', null=True, verbose_name='evaluated on')),
                ('evaluation', models.TextField(blank=True, help_text='The last evaluation, and what follows from it.', verbose_name='what they mean')),
                ('next_review', models.DateField(help_text='When somebody looks again whether this is what has to be watched.', null=True, verbose_name='next review')),
                ('change_reason', models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: measured less often, say.', verbose_name='why it changes')),
                ('accepted_until', models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until')),
                ('back_test', models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes')),
                ('eases', models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier')),
                ('eased_since', models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision')),
                ('evaluator', models.ForeignKey(blank=True, help_text='Who says what the results mean.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='evaluated by')),
                ('indicators', models.ManyToManyField(blank=True, help_text='Indicators that it rests on.', related_name='monitoring_plans', to='clauses.indicator', verbose_name='indicators')),
                ('objectives', models.ManyToManyField(blank=True, help_text='Objectives whose indicators it rests on; each needs one.', related_name='monitoring_plans', to='clauses.objective', verbose_name='objectives')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that it is about. Empty: the AIMS as a whole.', related_name='monitoring_plans', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'monitoring plan',
                'verbose_name_plural': 'monitoring plans',
            },
            bases=('records.record',),
        ),
    ]
