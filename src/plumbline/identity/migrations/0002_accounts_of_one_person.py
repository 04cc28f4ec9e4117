from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from plumbline.identity import accounts


def fill_keys(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Give the people who are there already what tells accounts of one person."""
    for person in apps.get_model("identity", "Person").objects.all():
        person.mailbox = accounts.mailbox(person.email)
        person.name_key = accounts.name_key(person.full_name)
        person.save(update_fields=["mailbox", "name_key"])


class Migration(migrations.Migration):

    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="mailbox",
            field=models.CharField(db_index=True, default="", editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name="person",
            name="name_key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="person",
            name="vouched_units",
            field=models.TextField(editable=False, null=True),
        ),
        migrations.RunPython(fill_keys, migrations.RunPython.noop, elidable=True),
    ]
