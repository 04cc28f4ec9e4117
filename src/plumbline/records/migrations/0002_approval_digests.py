from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='approval',
            name='digest',
            field=models.CharField(default='', help_text='SHA-256 of all it binds; empty for one given before 0.2.', max_length=64),
        ),
    ]
