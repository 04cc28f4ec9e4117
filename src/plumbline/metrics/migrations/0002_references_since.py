import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('metrics', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reference',
            name='reference_once',
        ),
        migrations.AddField(
            model_name='reference',
            name='since',
            field=models.DateTimeField(default=datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.UniqueConstraint(fields=('system', 'feature', 'since'), name='reference_once'),
        ),
    ]
