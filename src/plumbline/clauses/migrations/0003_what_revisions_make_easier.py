from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0002_what_systems_report'),
    ]

    operations = [
        migrations.AddField(
            model_name='aisystem',
            name='accepted_until',
            field=models.DateField(blank=True, help_text='Last day on which what it makes easier is accepted; then two people confirm it anew.', null=True, verbose_name='easier until'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='eased_since',
            field=models.PositiveIntegerField(blank=True, help_text='Computed with it: the approved revision before the first of these changes.', null=True, verbose_name='easier than revision'),
        ),
        migrations.AddField(
            model_name='aisystem',
            name='eases',
            field=models.TextField(blank=True, help_text='Computed with it: by this revision, or by earlier ones and still so.', verbose_name='checks made easier'),
        ),
    ]
