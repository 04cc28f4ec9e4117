from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0001_initial_2'),
    ]

    operations = [
        migrations.AddField(
            model_name='result',
            name='sealed',
            field=models.BinaryField(default=b'', help_text='The exact bytes that were committed to.'),
        ),
    ]
