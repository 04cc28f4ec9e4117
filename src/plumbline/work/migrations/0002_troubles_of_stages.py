"""Since when a stage fails, with which kind of error, and when it last went well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.AddField("lease", "last_success", models.DateTimeField(null=True)),
        migrations.AddField("lease", "failing_since", models.DateTimeField(null=True)),
        migrations.AddField("lease", "error_class", models.CharField(blank=True, default="", max_length=80)),
    ]
