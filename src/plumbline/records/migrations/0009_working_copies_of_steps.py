from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0008_working_copies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='workingcopy',
            name='working_copy_of_a_record',
        ),
        migrations.AddField(
            model_name='workingcopy',
            name='step',
            field=models.CharField(default='', help_text='Step whose panel it is; empty: the form.', max_length=40),
        ),
        migrations.AddConstraint(
            model_name='workingcopy',
            constraint=models.UniqueConstraint(fields=('person', 'record', 'step'), name='working_copy_of_a_record'),
        ),
    ]
