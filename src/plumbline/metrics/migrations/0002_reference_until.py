from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0001_initial_2'),
    ]

    operations = [
        migrations.AddField(
            model_name='reference',
            name='until',
            field=models.DateTimeField(null=True),
        ),
    ]
