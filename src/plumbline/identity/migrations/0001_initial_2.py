import django.db.models.deletion
import plumbline.identity.models
import plumbline.kernel.clock
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('handle', models.CharField(default=plumbline.identity.models.person_handle, editable=False, max_length=40, unique=True, verbose_name='opaque id')),
                ('email', models.EmailField(help_text='Used to sign in.', max_length=254, unique=True, verbose_name='e-mail address')),
                ('full_name', models.CharField(help_text='As colleagues know this person.', max_length=200, verbose_name='name')),
                ('theme', models.CharField(choices=[('system', 'As the device'), ('light', 'Light'), ('dark', 'Dark'), ('contrast', 'High contrast')], default='system', max_length=10, verbose_name='theme')),
                ('is_active', models.BooleanField(default=True, help_text='Inactive people cannot sign in.', verbose_name='active')),
                ('session_epoch', models.PositiveIntegerField(default=0, editable=False)),
                ('mailbox', models.CharField(db_index=True, default='', editable=False, max_length=254)),
                ('name_key', models.CharField(db_index=True, default='', editable=False, max_length=200)),
                ('vouched_units', models.TextField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=plumbline.kernel.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['full_name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Throttle',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('free_at', models.BigIntegerField(db_index=True, help_text='Microseconds since 1970.', verbose_name='all free at')),
            ],
        ),
        migrations.CreateModel(
            name='OneTimeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(default=plumbline.kernel.clock.now, editable=False)),
                ('expires', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='one_time_links', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.identity.models.token_handle, editable=False, max_length=40, unique=True, verbose_name='opaque id')),
                ('name', models.CharField(help_text='Where this token is used.', max_length=120, verbose_name='name')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('scopes', models.CharField(max_length=120, verbose_name='scopes')),
                ('created_at', models.DateTimeField(default=plumbline.kernel.clock.now, editable=False)),
                ('expires', models.DateTimeField(verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used', models.DateTimeField(blank=True, null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='identity.unit')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(default=plumbline.identity.models.grant_handle, editable=False, max_length=40, unique=True, verbose_name='opaque id')),
                ('role', models.SlugField(max_length=40, verbose_name='role')),
                ('scope', models.CharField(blank=True, default='', max_length=500, verbose_name='scope')),
                ('starts', models.DateField(verbose_name='first day')),
                ('ends', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('given_by', models.CharField(max_length=60, verbose_name='given by')),
                ('given_at', models.DateTimeField(default=plumbline.kernel.clock.now, editable=False)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_by', models.CharField(blank=True, default='', max_length=60)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='identity.unit')),
            ],
            options={
                'ordering': ['person', 'role', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('ends__gte', models.F('starts')), _connector='OR'), name='grant_ends_after_it_starts')],
            },
        ),
    ]
