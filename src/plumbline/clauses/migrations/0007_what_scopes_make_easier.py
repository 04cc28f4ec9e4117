from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0006_drafts_may_be_incomplete'),
    ]

    operations = [
        migrations.AddField(
            model_name='component',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='component',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='component',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: other systems, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='component',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='component',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
        migrations.AddField(
            model_name='dataset',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='dataset',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='dataset',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: other systems, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='dataset',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='dataset',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: measured less often, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
    ]
