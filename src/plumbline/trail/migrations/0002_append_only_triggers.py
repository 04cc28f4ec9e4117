"""The triggers that keep rows of the trail from being changed. Written by hand: Django cannot derive them."""

from django.db import migrations

from plumbline.trail import append_only_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('trail', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, editor: append_only_triggers.install(editor.connection),
            lambda apps, editor: append_only_triggers.remove(editor.connection),
        ),
    ]
