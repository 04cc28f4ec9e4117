import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0006_saved_views_of_lists'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='document_date',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='attachment',
            name='replaces',
            field=models.ForeignKey(help_text='The file of the same record in whose place this one was added.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='records.attachment'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='valid_until',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='AttachmentDates',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_date', models.DateField(null=True)),
                ('valid_until', models.DateField(null=True)),
                ('actor', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dates', to='records.attachment')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
    ]
