from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0005_batch'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='together',
            field=models.CharField(blank=True, db_index=True, help_text='Id of the file with several lists it came with.', max_length=40),
        ),
        migrations.AddField(
            model_name='importjob',
            name='turn',
            field=models.PositiveIntegerField(default=0, help_text='Its place among the lists of that file.'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='linked',
            field=models.TextField(blank=True, help_text='Entries of the links that it has made, joined by spaces.'),
        ),
        migrations.AlterField(
            model_name='importjob',
            name='state',
            field=models.CharField(choices=[('uploaded', 'Waiting for its columns to be matched'), ('previewed', 'Waiting for confirmation'), ('queued', 'Waiting for the lists before it'), ('running', 'Being written'), ('done', 'Done'), ('stopped', 'Stopped'), ('discarded', 'Discarded')], default='uploaded', max_length=12),
        ),
    ]
