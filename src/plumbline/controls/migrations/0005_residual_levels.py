from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0004_escalations'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResidualLevel',
            fields=[
                ('reference', models.CharField(max_length=24, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField()),
                ('since', models.DateTimeField()),
            ],
        ),
    ]
