import django.db.models.deletion
import plumbline.wording.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('number', models.PositiveBigIntegerField(default=0)),
                ('text', models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='ResidualLevel',
            fields=[
                ('reference', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField()),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('size', models.PositiveIntegerField()),
                ('root', models.CharField(max_length=64)),
                ('catalog_version', models.CharField(max_length=80)),
                ('leaf', models.PositiveBigIntegerField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Due',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_name', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=80)),
                ('window_start', models.DateTimeField()),
                ('late', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('check_name', 'subject', 'window_start'), name='due_once')],
            },
        ),
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=24)),
                ('due', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reference', 'due'), name='escalated_once')],
            },
        ),
        migrations.CreateModel(
            name='Raised',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_name', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=80)),
                ('window_start', models.DateTimeField()),
                ('reason_digest', models.CharField(max_length=64)),
                ('reference', models.CharField(max_length=24)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('check_name', 'subject', 'window_start'), name='raised_once')],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('check_name', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=80)),
                ('window_start', models.DateTimeField()),
                ('window_end', models.DateTimeField()),
                ('seen_until', models.DateTimeField()),
                ('word', models.CharField(choices=[('Within', 'Within'), ('Over limit', 'Over limit'), ('Under limit', 'Under limit'), ('No signal', 'No signal'), ('Paused', 'Paused'), ('Nothing to judge', 'Nothing to judge')], max_length=16)),
                ('reason', plumbline.wording.fields.MessageField()),
                ('value', models.FloatField(null=True)),
                ('unit', models.CharField(blank=True, max_length=40)),
                ('limit_value', models.FloatField(null=True)),
                ('limit_source', models.CharField(blank=True, max_length=24)),
                ('limit_revision', models.PositiveIntegerField(default=0)),
                ('reference_period', models.CharField(blank=True, max_length=21)),
                ('numerator', models.FloatField(null=True)),
                ('denominator', models.FloatField(null=True)),
                ('population', models.PositiveBigIntegerField(null=True)),
                ('excluded', models.PositiveBigIntegerField(default=0)),
                ('strength', models.CharField(blank=True, choices=[('Recorded', 'Recorded'), ('Operating', 'Operating'), ('Effective', 'Effective'), ('Proved', 'Proved')], max_length=12)),
                ('members', models.JSONField(default=list)),
                ('source_digest', models.CharField(max_length=64)),
                ('evidence_digest', models.CharField(max_length=64)),
                ('catalog_version', models.CharField(max_length=80)),
                ('salt', models.BinaryField(help_text="Salt of the commitment to the result's bytes.")),
                ('leaf', models.PositiveBigIntegerField()),
                ('recorded_at', models.DateTimeField(db_index=True)),
                ('received_until', models.DateTimeField(null=True)),
                ('late', models.PositiveBigIntegerField(default=0)),
                ('cause', models.CharField(blank=True, max_length=80)),
                ('restates', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restatements', to='controls.result')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='controls.run')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='RestatementAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='acceptance', to='controls.result')),
            ],
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('check_name', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=80)),
                ('result', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='controls.result')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('check_name', 'subject'), name='reading_once')],
            },
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['check_name', 'subject', 'window_start', '-id'], name='result_window'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['word', '-id'], name='result_word'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('run', 'position'), name='result_position_once'),
        ),
    ]
