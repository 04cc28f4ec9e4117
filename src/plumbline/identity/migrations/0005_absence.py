import django.db.models.deletion
import plumbline.identity.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0004_organization_settings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.identity.models.absence_handle, editable=False, max_length=40, unique=True, verbose_name='opaque id')),
                ('scope', models.CharField(blank=True, default='', max_length=500, verbose_name='for which work')),
                ('starts', models.DateField(verbose_name='first day')),
                ('ends', models.DateField(db_index=True, verbose_name='last day')),
                ('given_by', models.CharField(max_length=60, verbose_name='recorded by')),
                ('given_at', models.DateTimeField(editable=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, default='', max_length=60)),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stands_in', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='absence_ends_after_it_starts')],
            },
        ),
    ]
