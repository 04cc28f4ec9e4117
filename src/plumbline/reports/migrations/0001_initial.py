import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Pack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(max_length=40, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('building', 'Building'), ('ready', 'Ready'), ('failed', 'Failed')], db_index=True, default='waiting', max_length=12)),
                ('created_at', models.DateTimeField()),
                ('touched_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('author', models.CharField(max_length=64)),
                ('start', models.PositiveBigIntegerField()),
                ('stop', models.PositiveBigIntegerField()),
                ('requirements', models.TextField(blank=True)),
                ('systems', models.TextField(blank=True)),
                ('recipient', models.CharField(max_length=200)),
                ('purpose', models.CharField(max_length=1000)),
                ('expires', models.DateField()),
                ('sample_size', models.PositiveIntegerField(default=0)),
                ('seed', models.CharField(max_length=128)),
                ('step', models.CharField(blank=True, max_length=80)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('retry_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('checkpoint', models.PositiveBigIntegerField(default=0)),
                ('revisions', models.PositiveBigIntegerField(default=0)),
                ('results', models.PositiveBigIntegerField(default=0)),
                ('population', models.PositiveBigIntegerField(default=0)),
                ('sampled', models.PositiveIntegerField(default=0)),
                ('files', models.PositiveIntegerField(default=0)),
                ('leaf', models.PositiveBigIntegerField(null=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
    ]
