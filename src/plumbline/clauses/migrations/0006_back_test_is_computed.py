from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0005_longest_intervals'),
    ]

    operations = [
        migrations.AlterField(
            model_name='limit',
            name='back_test',
            field=models.TextField(blank=True, help_text='Which past results would read differently. Computed when it is submitted and approved.', verbose_name='back-test'),
        ),
    ]
