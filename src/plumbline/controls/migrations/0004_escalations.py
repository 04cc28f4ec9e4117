from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0003_restatements'),
    ]

    operations = [
        migrations.CreateModel(
            name='Escalation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=24)),
                ('due', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('reference', 'due'), name='escalated_once')],
            },
        ),
    ]
