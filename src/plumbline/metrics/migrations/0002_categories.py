from django.db import migrations, models


def begin_again(apps, schema_editor):
    """Roll up from the first segment: points of the new metrics are made for hours that are long over.

    Points that say the same stay as they are.
    """
    apps.get_model("metrics", "Cursor").objects.filter(name="rollup").update(leaf=-1)


class Migration(migrations.Migration):

    dependencies = [
        ("metrics", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="reference",
            name="categories",
            field=models.BinaryField(default=b""),
        ),
        migrations.RunPython(begin_again, migrations.RunPython.noop),
    ]
