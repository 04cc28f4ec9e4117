from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0005_findings'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnchorReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leaf', models.BigIntegerField(unique=True)),
                ('anchor', models.CharField(max_length=24)),
                ('name', models.CharField(max_length=120)),
                ('size', models.BigIntegerField(db_index=True)),
                ('root', models.BinaryField()),
                ('evidence', models.BinaryField()),
                ('stated_at', models.DateTimeField(null=True)),
                ('time', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['anchor', 'name', 'size'], name='trail_anchor_receipt_of')],
            },
        ),
    ]
