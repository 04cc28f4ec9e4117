import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('leaf', models.BigIntegerField(default=-1)),
            ],
        ),
        migrations.CreateModel(
            name='Counted',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=80)),
                ('first', models.BigIntegerField()),
                ('last', models.BigIntegerField()),
                ('system', models.CharField(max_length=80)),
                ('hour', models.DateTimeField()),
                ('received', models.PositiveBigIntegerField()),
                ('missing', models.PositiveBigIntegerField()),
            ],
            options={
                'indexes': [models.Index(fields=['system', 'hour'], name='counted_hour')],
                'constraints': [models.UniqueConstraint(fields=('source', 'first'), name='counted_once')],
            },
        ),
        migrations.CreateModel(
            name='Point',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric', models.CharField(max_length=60)),
                ('system', models.CharField(max_length=80)),
                ('group', models.CharField(blank=True, default='', max_length=100)),
                ('hour', models.DateTimeField()),
                ('count', models.PositiveBigIntegerField(default=0)),
                ('total', models.FloatField(default=0.0)),
                ('numerator', models.FloatField(default=0.0)),
                ('denominator', models.FloatField(default=0.0)),
                ('bins', models.BinaryField(default=b'')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('system', 'metric', 'hour', 'group'), name='point_once')],
            },
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=80)),
                ('feature', models.CharField(max_length=100)),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField()),
                ('size', models.PositiveBigIntegerField()),
                ('edges', models.BinaryField()),
                ('bins', models.BinaryField()),
                ('categories', models.BinaryField(default=b'')),
                ('point', models.PositiveBigIntegerField()),
                ('since', models.DateTimeField(default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('system', 'feature', 'since'), name='reference_once')],
            },
        ),
    ]
