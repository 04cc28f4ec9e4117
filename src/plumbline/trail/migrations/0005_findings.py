from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0004_opening_key'),
    ]

    operations = [
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=80)),
                ('row', models.CharField(max_length=200)),
                ('field', models.CharField(max_length=80)),
                ('expected', models.TextField(blank=True)),
                ('found', models.TextField(blank=True)),
                ('entry', models.BigIntegerField(null=True)),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField(db_index=True)),
                ('incident', models.BigIntegerField(null=True)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['row'], name='trail_finding_row')],
                'constraints': [models.UniqueConstraint(fields=('table', 'row', 'field'), name='trail_finding_place')],
            },
        ),
        migrations.CreateModel(
            name='ScrubState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField(null=True)),
                ('part', models.CharField(blank=True, default='', max_length=160)),
                ('position', models.BigIntegerField(default=0)),
                ('compared', models.BigIntegerField(default=0)),
                ('differences', models.BigIntegerField(default=0)),
                ('size', models.BigIntegerField(default=0)),
                ('tree_detail', models.TextField(blank=True, default='')),
                ('finished_at', models.DateTimeField(null=True)),
                ('finished_size', models.BigIntegerField(default=0)),
                ('finished_compared', models.BigIntegerField(default=0)),
                ('finished_differences', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='trail_scrub_state_single')],
            },
        ),
    ]
