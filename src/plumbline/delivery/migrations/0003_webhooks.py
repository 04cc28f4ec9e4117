import django.db.models.deletion
import plumbline.delivery.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0002_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='about',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='delivery.notice'),
        ),
        migrations.AddField(
            model_name='notice',
            name='is_own',
            field=models.BooleanField(default=True, help_text='Whether it is no task of somebody who is away.'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='recipient',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.delivery.models.endpoint_handle, max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('host', models.CharField(max_length=255)),
                ('style', models.CharField(choices=[('json', 'Signed JSON (Standard Webhooks)'), ('slack', 'Slack and compatible'), ('teams', 'Microsoft Teams')], max_length=12)),
                ('state', models.CharField(choices=[('active', 'Active'), ('disabled', 'Disabled after failures'), ('removed', 'Removed')], default='active', max_length=12)),
                ('address', models.TextField(help_text='Encrypted.')),
                ('secret', models.TextField(help_text='Encrypted.')),
                ('created_by', models.CharField(help_text='Opaque id of whoever added it.', max_length=64)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('name', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'removed'), _negated=True), fields=('name',), name='webhook_name_while_it_is_there')],
            },
        ),
        migrations.AddField(
            model_name='delivery',
            name='endpoint',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delivery.endpoint'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('recipient__isnull', True), ('endpoint__isnull', True), _connector='XOR'), name='delivery_has_one_target'),
        ),
    ]
