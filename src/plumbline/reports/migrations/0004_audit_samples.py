import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0003_issued_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SampleDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('seed', models.CharField(max_length=128)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=64)),
                ('leaf', models.PositiveBigIntegerField(unique=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('population', 'number'),
            },
        ),
        migrations.CreateModel(
            name='SampleMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=24)),
                ('mark', models.CharField(max_length=16)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=64)),
                ('leaf', models.PositiveBigIntegerField(unique=True)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='reports.sampledraw')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='SamplePopulation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(max_length=40, unique=True)),
                ('about', models.CharField(db_index=True, max_length=24)),
                ('of', models.CharField(max_length=40)),
                ('only', models.TextField(blank=True)),
                ('wanted', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('whole', models.BooleanField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=64)),
                ('leaf', models.PositiveBigIntegerField(unique=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AddField(
            model_name='sampledraw',
            name='population',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='reports.samplepopulation'),
        ),
        migrations.AddConstraint(
            model_name='sampledraw',
            constraint=models.UniqueConstraint(fields=('population', 'number'), name='sample_draw_once'),
        ),
        migrations.AddConstraint(
            model_name='sampledraw',
            constraint=models.UniqueConstraint(fields=('population', 'seed'), name='sample_seed_once'),
        ),
    ]
