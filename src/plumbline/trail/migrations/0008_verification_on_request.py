from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0007_entries_by_actor'),
    ]

    operations = [
        migrations.AddField(
            model_name='scrubstate',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='asked_by',
            field=models.CharField(blank=True, default='', max_length=128),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='finished_begun_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='finished_for',
            field=models.CharField(blank=True, default='', max_length=128),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='hashed',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='moved_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='total',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='scrubstate',
            name='walk',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
    ]
