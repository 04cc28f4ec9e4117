import django.db.models.deletion
import plumbline.delivery.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('log_size', models.BigIntegerField(default=-1)),
                ('day', models.DateField(null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('position', models.BigIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mail', models.CharField(choices=[('at-once', 'At once'), ('digest', 'Once a day'), ('off', 'Never')], default='digest', max_length=12)),
                ('digest_hour', models.PositiveSmallIntegerField(default=8)),
                ('quiet_from', models.PositiveSmallIntegerField(null=True)),
                ('quiet_until', models.PositiveSmallIntegerField(null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.delivery.models.notice_handle, max_length=40, unique=True)),
                ('key', models.CharField(help_text='The key of the task, stable as long as it waits.', max_length=255)),
                ('kind', models.CharField(help_text='Why it waits.', max_length=40)),
                ('subject', models.CharField(help_text='Reference of a record, or slug of a system.', max_length=120)),
                ('is_record', models.BooleanField(help_text='Whether the subject is a record.')),
                ('due', models.DateField(null=True)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(help_text='Since when it no longer waits.', null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('mailed_at', models.DateTimeField(help_text='When a mail named it, or was given up.', null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True), ('read_at__isnull', True)), fields=['person'], name='notice_unread')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('person', 'key'), name='notice_once_while_it_waits')],
            },
        ),
    ]
