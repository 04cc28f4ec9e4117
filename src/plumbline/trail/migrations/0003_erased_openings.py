from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0002_append_only_triggers'),
    ]

    operations = [
        migrations.CreateModel(
            name='ErasedOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('index', models.BigIntegerField()),
                ('slot', models.CharField(max_length=96)),
                ('first', models.PositiveIntegerField(default=0)),
                ('last', models.PositiveIntegerField(default=0)),
                ('leaf', models.BigIntegerField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('index', 'slot', 'first', 'leaf'), name='trail_erased_once')],
            },
        ),
    ]
