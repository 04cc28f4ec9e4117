from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_prepared_packs'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=19, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('about', models.CharField(blank=True, max_length=24)),
                ('language', models.CharField(max_length=16)),
                ('as_of', models.DateTimeField()),
                ('entry', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('rests_on', models.TextField(blank=True)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.CharField(max_length=64)),
                ('leaf', models.PositiveBigIntegerField(unique=True)),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
    ]
