import django.db.models.deletion
import plumbline.erasure.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.erasure.models.request_handle, max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('subject', 'Data subject of telemetry'), ('event', 'Decision or other event'), ('record', 'Content of a record'), ('person', 'Account of a person'), ('class', 'Retention class before a day')], max_length=12)),
                ('target', models.TextField(blank=True)),
                ('before', models.DateField(null=True)),
                ('ground', models.CharField(max_length=40)),
                ('reason', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('requested', 'Waiting for a second person'), ('refused', 'Refused'), ('approved', 'Approved'), ('running', 'Being erased'), ('done', 'Erased')], db_index=True, default='requested', max_length=12)),
                ('actor', models.CharField(max_length=64)),
                ('requested_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=64)),
                ('decided_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('plan', models.TextField(blank=True)),
                ('packs', models.TextField(blank=True)),
                ('openings', models.PositiveBigIntegerField(default=0)),
                ('events', models.PositiveBigIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('leaf', models.PositiveBigIntegerField()),
                ('decision_leaf', models.PositiveBigIntegerField(null=True)),
                ('erasure_leaf', models.PositiveBigIntegerField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.erasure.models.hold_handle, max_length=40, unique=True)),
                ('kind', models.CharField(blank=True, help_text='Empty: everything.', max_length=12)),
                ('target', models.TextField(blank=True)),
                ('ground', models.TextField()),
                ('actor', models.CharField(max_length=64)),
                ('placed_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(blank=True, max_length=64)),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='RetentionPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('retention', models.CharField(max_length=32)),
                ('months', models.PositiveIntegerField()),
                ('reason', models.TextField()),
                ('actor', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=64)),
                ('approved_at', models.DateTimeField(null=True)),
                ('leaf', models.PositiveBigIntegerField()),
                ('approval_leaf', models.PositiveBigIntegerField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
    ]
