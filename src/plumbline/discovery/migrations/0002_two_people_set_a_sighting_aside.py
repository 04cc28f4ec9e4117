from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('discovery', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='sighting',
            name='proposal',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='sighting',
            name='proposed_by',
            field=models.CharField(blank=True, default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sighting',
            name='proposed_reason',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='sighting',
            name='proposed_until',
            field=models.DateField(null=True),
        ),
    ]
