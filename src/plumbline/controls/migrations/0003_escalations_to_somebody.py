from django.db import migrations, models


def forget(apps, schema_editor):
    """An escalation of before says nowhere to whom it went, so that nobody could have it as a task. What is
    still overdue is escalated once more, with an entry that names the person."""
    apps.get_model("controls", "Escalation").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0002_result_sealed_bytes'),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalated_once',
        ),
        migrations.AddField(
            model_name='escalation',
            name='person',
            field=models.CharField(blank=True, default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='escalation',
            name='leaf',
            field=models.PositiveBigIntegerField(default=0, unique=True),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='escalation',
            index=models.Index(fields=['reference', 'due'], name='escalation_of_day'),
        ),
    ]
