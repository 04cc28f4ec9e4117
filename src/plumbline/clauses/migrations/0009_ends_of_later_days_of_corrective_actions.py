from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0008_ends_and_back_tests_of_governed_values'),
    ]

    operations = [
        migrations.AddField(
            model_name='correctiveaction',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: a later day, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='correctiveaction',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
    ]
