from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AnchorState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor', models.CharField(max_length=24)),
                ('name', models.CharField(max_length=120)),
                ('known_size', models.BigIntegerField(default=0, help_text='How many entries it is thought to know.')),
                ('due_at', models.DateTimeField(help_text='Not to be tried before this time.')),
                ('attempts', models.PositiveIntegerField(default=0, help_text='Failures in a row.')),
                ('failing_since', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True, help_text='Why the last attempt failed.')),
                ('contradicted_at', models.DateTimeField(null=True)),
                ('contradiction', models.TextField(blank=True, help_text='In what it contradicts the trail.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('anchor', 'name'), name='anchors_state_of')],
            },
        ),
    ]
