from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0006_anchor_receipts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='leaf',
            index=models.Index(fields=['actor', 'index'], name='trail_leaf_actor'),
        ),
    ]
