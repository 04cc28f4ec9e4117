from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0004_versions_of_the_posture'),
    ]

    operations = [
        migrations.AddField(
            model_name='applicability',
            name='back_test',
            field=models.TextField(blank=True, help_text='What would read differently. Computed when it is submitted and approved.', verbose_name='back-test'),
        ),
        migrations.AddField(
            model_name='longestinterval',
            name='back_test',
            field=models.TextField(blank=True, help_text='What would read differently. Computed when it is submitted and approved.', verbose_name='back-test'),
        ),
    ]
