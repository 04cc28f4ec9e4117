from django.db import migrations, models

from plumbline.records import guard


def say_no(apps, schema_editor):
    """On the way back: a version of which nobody has said that it is pinned is not, as it was before."""
    with guard.opened("migration"):
        apps.get_model("clauses", "Component").objects.filter(pinned=None).update(pinned=False)


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0009_ends_of_later_days_of_corrective_actions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='component',
            name='pinned',
            field=models.BooleanField(blank=True, help_text='Yes: the supplier cannot change it without our doing. No: they can.', null=True, verbose_name='version is pinned'),
        ),
        migrations.RunPython(migrations.RunPython.noop, say_no),
    ]
