import django.db.models.deletion
import plumbline.clauses.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0020_life_cycle'),
        ('records', '0011_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='component',
            name='amount_limits',
            field=models.TextField(blank=True, help_text='For an agent: money, number of acts and time, each with its figure.', verbose_name='limits of amount'),
        ),
        migrations.AddField(
            model_name='component',
            name='data_limits',
            field=models.TextField(blank=True, help_text='For an agent: what it may read, write and send, and what it must not.', verbose_name='limits of data'),
        ),
        migrations.AddField(
            model_name='component',
            name='stop_how',
            field=models.TextField(blank=True, help_text='For an agent: by which act, how fast, and what then goes on.', verbose_name='how it is stopped'),
        ),
        migrations.AddField(
            model_name='component',
            name='stopped_by',
            field=models.ForeignKey(blank=True, help_text='For an agent: somebody who can at any time, and is told so.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who may stop it'),
        ),
        migrations.AddField(
            model_name='component',
            name='tools',
            field=models.ManyToManyField(blank=True, help_text='For an agent: every tool, server and service that it may call. Nothing else is allowed.', related_name='used_by_agents', to='clauses.component', verbose_name='tools it may use'),
        ),
        migrations.AddField(
            model_name='component',
            name='waits_for',
            field=models.TextField(blank=True, help_text='For an agent: acts that somebody confirms first.', verbose_name='waits for a person'),
        ),
        migrations.AlterField(
            model_name='component',
            name='type',
            field=models.CharField(choices=[('model', 'Model'), ('prompt', 'Prompt or instruction'), ('agent', 'Agent: plans and acts by itself, with tools'), ('tool', 'Tool that the system may call'), ('server', 'Server of tools or models, such as MCP'), ('service', 'Service or interface of others'), ('rules', 'Rules or thresholds'), ('index', 'Search index or vector store'), ('software', 'Software or library'), ('computing', 'Computing, storage or network')], default='model', help_text='What type of part it is.', max_length=24, verbose_name='type'),
        ),
        migrations.CreateModel(
            name='SupplierAssessment',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('assessed_on', models.DateField(help_text='Day on which it was finished.', null=True, verbose_name='assessed on')),
                ('occasion', models.CharField(choices=[('first', 'Before it is used'), ('regular', 'Yearly, or as planned'), ('change notice', 'The supplier announced a change'), ('incident', 'An incident'), ('contract', 'New or ending contract')], help_text='Why it was assessed.', max_length=24, verbose_name='occasion')),
                ('areas', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everything that was really looked at.', verbose_name='looked at')),
                ('findings', models.TextField(help_text='By area, good and bad, in a few sentences.', verbose_name='what was found')),
                ('evidence', models.TextField(help_text='Reports, answers and tests seen: which, of when.', verbose_name='evidence')),
                ('duties', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Terms of the contract that it was seen to keep.', verbose_name='duties kept')),
                ('breaches', models.TextField(blank=True, help_text='Which duty, since when, and what is done about it.', verbose_name='duties not kept')),
                ('change_notice', models.TextField(blank=True, help_text='What the supplier has said will change, from when, and what it means for us.', verbose_name='changes announced')),
                ('inherited', models.TextField(help_text='What can go wrong for them through it, and what they do about it.', verbose_name='risk inherited')),
                ('verdict', models.CharField(choices=[('suitable', 'Suitable'), ('suitable with conditions', 'Suitable with conditions'), ('not suitable', 'Not suitable')], help_text='Whether it fits our way of responsible AI.', max_length=32, verbose_name='verdict')),
                ('conditions', models.TextField(blank=True, help_text='What has to be done by whom, so that it is suitable.', verbose_name='conditions')),
                ('conditions_by', models.DateField(blank=True, help_text='Last day for that.', null=True, verbose_name='conditions met by')),
                ('next_review', models.DateField(help_text='Assessed again by then; yearly, and when it announces a change.', null=True, verbose_name='next review')),
                ('risks', models.ManyToManyField(blank=True, help_text='Risks in the register that follow from it.', related_name='supplier_assessments', to='clauses.risk', verbose_name='risks')),
                ('supplier', models.ForeignKey(help_text='Whom the assessment is about.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='clauses.supplier', verbose_name='supplier')),
                ('systems', models.ManyToManyField(blank=True, help_text='Systems that use it, and inherit its risk.', related_name='supplier_assessments', to='clauses.aisystem', verbose_name='AI systems')),
            ],
            options={
                'verbose_name': 'supplier assessment',
                'verbose_name_plural': 'supplier assessments',
            },
            bases=('records.record',),
        ),
    ]
