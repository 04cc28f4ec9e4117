"""The index of words and the triggers that keep it. Written by hand: Django cannot derive them.

A later migration that makes ``records_searchtext`` anew, as SQLite needs for most changes of a table, has to
remove them before and install them again.
"""

from django.db import migrations

from plumbline.records.search_index import engines


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_search_texts'),
    ]

    operations = [
        migrations.RunPython(
            lambda apps, editor: engines.install(editor.connection),
            lambda apps, editor: engines.remove(editor.connection),
        ),
    ]
