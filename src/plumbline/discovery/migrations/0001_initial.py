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
                ('position', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=120, unique=True)),
                ('first_seen', models.DateTimeField()),
                ('last_seen', models.DateTimeField()),
                ('events', models.PositiveBigIntegerField(default=0)),
                ('sources', models.CharField(blank=True, max_length=500)),
                ('dismissed_until', models.DateField(null=True)),
                ('dismissed_reason', models.TextField(blank=True)),
                ('dismissed_by', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'ordering': ('-last_seen',),
            },
        ),
    ]
