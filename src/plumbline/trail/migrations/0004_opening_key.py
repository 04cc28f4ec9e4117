from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0003_erased_openings'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='opening',
            index=models.Index(fields=['key_id'], name='trail_opening_key'),
        ),
    ]
