import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0017_planned_changes'),
    ]

    operations = [
        migrations.AddField(
            model_name='impactassessment',
            name='published_current',
            field=models.PositiveIntegerField(blank=True, help_text='As it was published, after the deduction if any.', null=True, verbose_name='published score'),
        ),
        migrations.AddField(
            model_name='impactassessment',
            name='published_level',
            field=models.PositiveIntegerField(blank=True, help_text='As it was published.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='published impact level'),
        ),
        migrations.AddField(
            model_name='impactassessment',
            name='published_mitigation',
            field=models.PositiveIntegerField(blank=True, help_text='As it was published.', null=True, verbose_name='published mitigation score'),
        ),
        migrations.AddField(
            model_name='impactassessment',
            name='published_raw',
            field=models.PositiveIntegerField(blank=True, help_text='As it was published, before any deduction.', null=True, verbose_name='published impact score'),
        ),
    ]
