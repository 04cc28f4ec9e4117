import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_accounts_of_one_person'),
        ('records', '0002_approval_digests'),
    ]

    operations = [
        migrations.AddField(
            model_name='record',
            name='unit_apart',
            field=models.BooleanField(default=False, editable=False, help_text='Whether it was approved to lie elsewhere than the AI system it is about.', verbose_name='unit of its own'),
        ),
        migrations.AddField(
            model_name='record',
            name='unit_change',
            field=models.BooleanField(default=False, editable=False, help_text='Whether another unit is asked for.', verbose_name='unit waits for approval'),
        ),
        migrations.AddField(
            model_name='record',
            name='unit_wanted',
            field=models.ForeignKey(editable=False, help_text='Where the record will belong once somebody else has approved it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit', verbose_name='unit asked for'),
        ),
    ]
