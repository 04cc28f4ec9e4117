from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField(unique=True)),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('time', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Coordinator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=200)),
                ('epoch', models.PositiveIntegerField(default=1)),
                ('size', models.BigIntegerField(default=0)),
                ('frontier', models.BinaryField(default=b'')),
                ('last_time', models.DateTimeField(null=True)),
                ('counters', models.BinaryField(default=b'{}')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='trail_coordinator_single')],
            },
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('body', models.BinaryField()),
                ('hash', models.BinaryField()),
                ('entry_type', models.CharField(max_length=64)),
                ('subject_ref', models.CharField(blank=True, db_index=True, default='', max_length=128)),
                ('actor', models.CharField(max_length=128)),
                ('time', models.DateTimeField()),
                ('source', models.CharField(max_length=64)),
                ('client_id', models.UUIDField(unique=True)),
            ],
            options={
                'ordering': ['index'],
                'indexes': [models.Index(fields=['entry_type', 'index'], name='trail_leaf_type')],
            },
        ),
        migrations.CreateModel(
            name='Opening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.BigIntegerField()),
                ('slot', models.CharField(max_length=96)),
                ('salt', models.BinaryField()),
                ('body', models.BinaryField()),
                ('key_id', models.CharField(blank=True, default='', max_length=64)),
                ('retention', models.CharField(max_length=32)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('index', 'slot'), name='trail_opening_place')],
            },
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('n', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('level', 'n'), name='trail_tile_place')],
            },
        ),
    ]
