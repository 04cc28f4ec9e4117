import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('controls', '0002_members_and_strength'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='due',
            name='late',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='result',
            name='cause',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='result',
            name='late',
            field=models.PositiveBigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='result',
            name='received_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='result',
            name='reference_period',
            field=models.CharField(blank=True, max_length=21),
        ),
        migrations.AddField(
            model_name='result',
            name='restates',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='restatements', to='controls.result'),
        ),
        migrations.CreateModel(
            name='RestatementAcceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('result', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='acceptance', to='controls.result')),
            ],
        ),
    ]
