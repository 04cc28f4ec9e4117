import django.core.validators
import django.db.models.deletion
import plumbline.clauses.choices
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0027_monitoring_plans'),
        ('records', '0011_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRequest',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('occasion', models.CharField(blank=True, help_text='Of an external audit: who audits, against what.', max_length=200, verbose_name='external audit')),
                ('requirement', models.CharField(blank=True, choices=plumbline.clauses.choices.requirements, db_index=True, help_text='What it is asked for.', max_length=40, verbose_name='requirement')),
                ('asked', models.TextField(help_text='So that somebody who was not there finds it.', verbose_name='what is asked for')),
                ('sought', models.CharField(choices=[('list', 'The full list of something'), ('sample', 'Records that are drawn from such a list'), ('records', 'Single records or files'), ('decisions', 'Decisions or events of a system'), ('talk', 'A talk, or to be shown something')], help_text='What kind of answer is expected.', max_length=16, verbose_name='sort')),
                ('of', models.CharField(blank=True, help_text='The short name of a kind, such as risk. Empty: anything.', max_length=40, verbose_name='of which records')),
                ('only', models.CharField(blank=True, help_text='A filter, as the address of the list has it, such as state=closed. Empty: all.', max_length=500, verbose_name='only those')),
                ('period_from', models.DateField(blank=True, help_text='First day of the time that it is about.', null=True, verbose_name='from')),
                ('period_until', models.DateField(blank=True, help_text='Last day of that time.', null=True, verbose_name='until')),
                ('how_many', models.PositiveIntegerField(blank=True, help_text='As many as are wanted. Empty: all.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='how many')),
                ('due', models.DateField(help_text='Day by which the answer is there.', null=True, verbose_name='wanted by')),
                ('asked_at', models.DateTimeField(editable=False, help_text='When the auditor asked.', null=True, verbose_name='asked at')),
                ('answered_at', models.DateTimeField(editable=False, help_text='When it was answered last.', null=True, verbose_name='answered at')),
                ('outcome', models.CharField(blank=True, choices=[('given', 'Here it is'), ('in part', 'Here is a part of it'), ('none', 'There is no such thing'), ('refused', 'It is not given')], help_text='What comes of it.', max_length=16, verbose_name='answer')),
                ('answer', models.TextField(blank=True, help_text='References of records, names of files, or why there is nothing; what it does not hold.', verbose_name='what is given')),
                ('asked_by', models.ForeignKey(blank=True, help_text='Filled in when it is asked: whoever asks.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                ('asked_of', models.ForeignKey(blank=True, help_text='Somebody of the audited line, who is told by this.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who answers')),
                ('audit', models.ForeignKey(blank=True, help_text='The internal audit. Empty: an external one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_requests', to='clauses.audit', verbose_name='audit')),
                ('system', models.ForeignKey(blank=True, help_text='The system it is about. Empty: the AIMS as a whole.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audit_requests', to='clauses.aisystem', verbose_name='AI system')),
            ],
            options={
                'verbose_name': 'audit request',
                'verbose_name_plural': 'audit requests',
            },
            bases=('records.record',),
        ),
    ]
