import django.db.models.deletion
import plumbline.delivery.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.delivery.models.delivery_handle, max_length=40, unique=True)),
                ('channel', models.CharField(help_text='Name of the channel that carries it.', max_length=24)),
                ('notice', models.CharField(help_text='Code of the notice that composes its text.', max_length=40)),
                ('actor', models.CharField(help_text='Opaque id of whoever asked for it.', max_length=64)),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be sent'), ('sent', 'Sent'), ('failed', 'Given up')], default='waiting', max_length=12)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(help_text='Not to be tried before this time.')),
                ('error', models.CharField(blank=True, help_text='Why the last attempt failed, without any address.', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['state', 'due_at'], name='delivery_due')],
            },
        ),
    ]
