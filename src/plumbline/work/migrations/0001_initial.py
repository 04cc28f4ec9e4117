from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Lease',
            fields=[
                ('stage', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('holder', models.CharField(blank=True, max_length=64)),
                ('until', models.DateTimeField(null=True)),
                ('last_turn', models.DateTimeField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('failures', models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
