import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0001_initial_2'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='records.record')),
                ('title', models.TextField(help_text='Title, reference and key in the source.')),
                ('texts', models.TextField()),
                ('comments', models.TextField(default='')),
                ('files', models.TextField(default='', help_text='Names of files, and the beginnings of text files.')),
            ],
        ),
    ]
