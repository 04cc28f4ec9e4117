from typing import Any

from django.db import migrations, models


def count_as_before(apps: Any, schema_editor: Any) -> None:
    """Systems in operation count as live, approved or not, as they did before there was a column for it."""
    systems = apps.get_model("clauses", "AISystem")
    systems.objects.using(schema_editor.connection.alias).filter(lifecycle="in operation").update(live=True)


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0002_criteria_groups_and_keeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='aisystem',
            name='live',
            field=models.BooleanField(db_index=True, default=False, editable=False, help_text='A revision says that it is in operation, and no revision approved since says otherwise.', verbose_name='counted as live'),
        ),
        migrations.AlterField(
            model_name='aisystem',
            name='lifecycle',
            field=models.CharField(choices=[('planned', 'Planned'), ('in development', 'In development'), ('in verification', 'In verification'), ('in operation', 'In operation'), ('suspended', 'Suspended'), ('retired', 'Retired')], default='planned', help_text='Where it stands. Checks of live systems look at those in operation; that one no longer is counts once somebody else has approved it.', max_length=24, verbose_name='life-cycle state'),
        ),
        migrations.RunPython(count_as_before, migrations.RunPython.noop, elidable=True),
    ]
