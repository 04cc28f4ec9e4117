from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0007_what_scopes_make_easier'),
    ]

    operations = [
        migrations.AddField(
            model_name='authority',
            name='back_test',
            field=models.TextField(blank=True, help_text='Which decisions of the past year it would have allowed. Computed when it is submitted and approved.', verbose_name='back-test'),
        ),
        migrations.AddField(
            model_name='document',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='document',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='document',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: another type, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='document',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='document',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
        migrations.AddField(
            model_name='longestinterval',
            name='valid_until',
            field=models.DateField(help_text='Last day on which it holds; then the delivered one does.', null=True, verbose_name='valid until'),
        ),
        migrations.AddField(
            model_name='objective',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='objective',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='objective',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: a later day, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='objective',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='objective',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
        migrations.AddField(
            model_name='riskcriteria',
            name='back_test',
            field=models.TextField(blank=True, help_text='Which risks would read another level. Computed when it is submitted and approved.', verbose_name='back-test'),
        ),
        migrations.AddField(
            model_name='treatment',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='treatment',
            name='back_test',
            field=models.TextField(blank=True, help_text='Computed when it is submitted and approved: what checks find less of.', verbose_name='what the revision changes'),
        ),
        migrations.AddField(
            model_name='treatment',
            name='change_reason',
            field=models.TextField(blank=True, help_text='Asked for where a revision makes a check easier to pass: a later day, say.', verbose_name='why it changes'),
        ),
        migrations.AddField(
            model_name='treatment',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='treatment',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
        migrations.AlterField(
            model_name='riskcriteria',
            name='next_review',
            field=models.DateField(help_text='When they are looked at again; what is judged by them counts until then.', null=True, verbose_name='next review'),
        ),
    ]
