import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0006_back_test_is_computed'),
        ('records', '0002_approval_digests'),
    ]

    operations = [
        migrations.CreateModel(
            name='RiskCriteria',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('likelihoods', models.TextField(help_text='What the steps 1 to 5 mean, a line each.', verbose_name='likelihood')),
                ('harms', models.TextField(help_text='What the steps 1 to 5 mean for people and for us.', verbose_name='harm')),
                ('matrix', models.TextField(help_text='Five lines by likelihood of five levels by harm.', verbose_name='matrix')),
                ('appetite', models.CharField(choices=[('low', 'Low'), ('moderate', 'Moderate'), ('elevated', 'Elevated'), ('high', 'High'), ('very high', 'Very high')], help_text='Highest level to accept.', max_length=16, verbose_name='accepted up to')),
                ('basis', models.TextField(help_text='Law, duties, capacity to bear losses.', verbose_name='what it rests on')),
                ('next_review', models.DateField(help_text='When they are looked at again.', verbose_name='next review')),
            ],
            options={
                'verbose_name': 'risk criteria record',
                'verbose_name_plural': 'risk criteria',
            },
            bases=('records.record',),
        ),
        migrations.AddField(
            model_name='impactassessment',
            name='judged_by',
            field=models.CharField(blank=True, editable=False, help_text='Record and revision of the risk criteria that the levels follow from.', max_length=60, verbose_name='judged by'),
        ),
        migrations.AddField(
            model_name='risk',
            name='judged_by',
            field=models.CharField(blank=True, editable=False, help_text='Record and revision of the risk criteria that the levels follow from.', max_length=60, verbose_name='judged by'),
        ),
    ]
