from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0013_context'),
    ]

    operations = [
        migrations.AddField(
            model_name='nonconformity',
            name='whys',
            field=models.TextField(blank=True, help_text='Each answer is what the next question asks about. One row a line: question | answer.', verbose_name='whys'),
        ),
    ]
