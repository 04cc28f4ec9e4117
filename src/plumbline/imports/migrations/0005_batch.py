import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0004_what_waits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='importfault',
            name='chosen',
            field=models.BooleanField(default=False, help_text='Whether somebody chose it for this row.'),
        ),
        migrations.AddField(
            model_name='importjob',
            name='assignee',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='importjob',
            name='author',
            field=models.ForeignKey(help_text='Who has planned it last, and in whose name it is written.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='importjob',
            name='kept',
            field=models.TextField(blank=True, help_text='References of what stays although the file has it no longer, joined by spaces.'),
        ),
    ]
