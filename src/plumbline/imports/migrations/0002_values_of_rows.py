from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='importfault',
            name='sort',
            field=models.CharField(default='refused', max_length=16),
        ),
        migrations.AddField(
            model_name='importfault',
            name='text',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='importjob',
            name='columns',
            field=models.TextField(blank=True, help_text='Names of the columns, as JSON.'),
        ),
        migrations.AddField(
            model_name='importjob',
            name='register',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='importjob',
            name='summary',
            field=models.TextField(blank=True, help_text='What is said of all rows together, as JSON.'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='fields',
            field=models.TextField(blank=True, help_text='Fields that are written, joined by spaces.'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='note',
            field=models.TextField(blank=True, help_text='Texts of the row that no field holds whole.'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='values',
            field=models.JSONField(blank=True, default=dict, help_text='What the row says, by field.'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['reference'], name='import_row_reference'),
        ),
    ]
