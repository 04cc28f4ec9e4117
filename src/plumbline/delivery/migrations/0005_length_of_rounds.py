from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0004_calendar_feed'),
    ]

    operations = [
        migrations.AddField(
            model_name='noticeround',
            name='ended_at',
            field=models.DateTimeField(null=True),
        ),
    ]
