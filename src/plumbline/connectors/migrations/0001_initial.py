import django.db.models.deletion
import plumbline.connectors.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.connectors.models.connection_handle, max_length=40, unique=True)),
                ('connector', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=100, unique=True)),
                ('settings', models.JSONField(help_text="What the connector's form asks for: texts by name.")),
                ('position', models.CharField(blank=True, help_text='After which fact reading goes on.', max_length=500)),
                ('due_at', models.DateTimeField(db_index=True)),
                ('last_read_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True, help_text='Why the system could not be read the last time.')),
                ('created', models.PositiveIntegerField(default=0)),
                ('amended', models.PositiveIntegerField(default=0)),
                ('person', models.ForeignKey(help_text='With whose rights it writes.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='ConnectionFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('field', models.CharField(blank=True, max_length=100)),
                ('message', models.TextField()),
                ('remedy', models.TextField(blank=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='faults', to='connectors.connection')),
            ],
            options={
                'ordering': ('connection', 'id'),
            },
        ),
    ]
