from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='result',
            name='members',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='result',
            name='strength',
            field=models.CharField(blank=True, choices=[('Recorded', 'Recorded'), ('Operating', 'Operating'), ('Effective', 'Effective'), ('Proved', 'Proved')], max_length=12),
        ),
        migrations.AlterField(
            model_name='result',
            name='word',
            field=models.CharField(choices=[('Within', 'Within'), ('Over limit', 'Over limit'), ('Under limit', 'Under limit'), ('No signal', 'No signal'), ('Paused', 'Paused'), ('Nothing to judge', 'Nothing to judge')], max_length=16),
        ),
    ]
