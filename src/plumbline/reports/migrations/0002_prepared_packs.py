from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='pack',
            name='drawn',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='pack',
            name='prepared',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='pack',
            name='sample_of',
            field=models.CharField(default='decision', max_length=64),
        ),
        migrations.AlterField(
            model_name='pack',
            name='seed',
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AlterField(
            model_name='pack',
            name='state',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('building', 'Building'), ('prepared', 'Prepared'), ('ready', 'Ready'), ('failed', 'Failed')], db_index=True, default='waiting', max_length=12),
        ),
    ]
