from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_language_and_time_zone'),
    ]

    operations = [
        migrations.CreateModel(
            name='OrganizationSetting',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.CharField(max_length=60)),
            ],
        ),
    ]
