import django.db.models.deletion
import plumbline.bulk.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.bulk.models.bulk_handle, max_length=40, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('request', models.TextField(help_text='What is asked for, as canonical JSON; empty once it was erased.')),
                ('state', models.CharField(choices=[('previewed', 'Waiting for confirmation'), ('running', 'Being done'), ('done', 'Done'), ('stopped', 'Stopped'), ('discarded', 'Discarded')], default='previewed', max_length=12)),
                ('error', models.TextField(blank=True)),
                ('actor', models.CharField(max_length=64)),
                ('scopes', models.CharField(max_length=120, null=True)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='bulk.bulkjob')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='BulkRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveIntegerField()),
                ('reference', models.CharField(max_length=24)),
                ('revision', models.PositiveIntegerField(help_text='The revision that was previewed.')),
                ('outcome', models.CharField(choices=[('change', 'Will be changed'), ('unchanged', 'Is like this already'), ('refused', 'Will not be changed')], max_length=12)),
                ('message', models.TextField(blank=True)),
                ('remedy', models.TextField(blank=True)),
                ('done', models.BooleanField(default=False)),
                ('revision_after', models.PositiveIntegerField(null=True)),
                ('values', models.TextField(blank=True, help_text='What an undo puts back, as canonical JSON.')),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='bulk.bulkjob')),
            ],
            options={
                'ordering': ('job', 'place'),
                'indexes': [models.Index(fields=['job', 'outcome', 'done', 'place'], name='bulk_row_open')],
                'constraints': [models.UniqueConstraint(fields=('job', 'place'), name='bulk_row_once'), models.UniqueConstraint(fields=('job', 'reference'), name='bulk_record_once')],
            },
        ),
    ]
