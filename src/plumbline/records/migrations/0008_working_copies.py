import django.db.models.deletion
import plumbline.records.working_copies.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0007_dates_of_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkingCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.records.working_copies.models.copy_handle, max_length=40, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('seen', models.PositiveIntegerField(help_text='Revision that was in the form; 0 for a new record.')),
                ('values', models.TextField(help_text='What was typed, by field, as JSON.')),
                ('window', models.CharField(help_text='The page that has typed last.', max_length=40)),
                ('version', models.PositiveIntegerField(default=1)),
                ('saved_at', models.DateTimeField(db_index=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.record')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'kind'], name='working_copy_of_person')],
                'constraints': [models.UniqueConstraint(fields=('person', 'record'), name='working_copy_of_a_record')],
            },
        ),
    ]
