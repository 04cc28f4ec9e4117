from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0003_words_of_the_source'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrow',
            name='later',
            field=models.TextField(blank=True, help_text='What waits for the other rows, as JSON.'),
        ),
    ]
