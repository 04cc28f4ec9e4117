import django.db.models.deletion
import plumbline.imports.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.imports.models.import_handle, max_length=40, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('file_name', models.CharField(max_length=200)),
                ('file_sha256', models.CharField(max_length=64)),
                ('file_size', models.PositiveBigIntegerField()),
                ('encoding', models.CharField(blank=True, max_length=40)),
                ('map_text', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('uploaded', 'Waiting for its columns to be matched'), ('previewed', 'Waiting for confirmation'), ('running', 'Being written'), ('done', 'Done'), ('stopped', 'Stopped'), ('discarded', 'Discarded')], default='uploaded', max_length=12)),
                ('error', models.TextField(blank=True)),
                ('actor', models.CharField(max_length=64)),
                ('scopes', models.CharField(max_length=120, null=True)),
                ('created_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('create', 'New record'), ('amend', 'Changes a record'), ('unchanged', 'Already recorded like this'), ('repeat', 'Repeats an earlier row'), ('skip', 'Left out by the map'), ('faulty', 'Cannot be taken')], max_length=12)),
                ('key', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('reference', models.CharField(blank=True, max_length=24)),
                ('revision', models.PositiveIntegerField(null=True)),
                ('repeats', models.PositiveIntegerField(null=True)),
                ('set_aside', models.CharField(blank=True, help_text='Fields whose text goes to the note, joined by spaces.', max_length=1000)),
                ('written', models.BooleanField(default=False)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='imports.importjob')),
            ],
            options={
                'ordering': ('job', 'line'),
            },
        ),
        migrations.CreateModel(
            name='ImportFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('column', models.CharField(blank=True, max_length=1000)),
                ('field', models.CharField(blank=True, max_length=100)),
                ('message', models.TextField()),
                ('remedy', models.TextField(blank=True)),
                ('row', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faults', to='imports.importrow')),
            ],
            options={
                'ordering': ('row', 'id'),
            },
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['job', 'outcome', 'written', 'line'], name='import_row_open'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('job', 'line'), name='import_row_once'),
        ),
    ]
