import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('identity', '0001_initial_2'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('key', models.CharField(help_text='Digest of actor, address and key.', max_length=64, primary_key=True, serialize=False)),
                ('body_sha256', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(default=0)),
                ('headers', models.TextField(default='{}')),
                ('body', models.TextField(default='')),
                ('at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='IndexShape',
            fields=[
                ('kind', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Record',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(editable=False, help_text='Identifier given by the system.', max_length=24, unique=True, verbose_name='reference')),
                ('kind', models.CharField(db_index=True, editable=False, max_length=40, verbose_name='kind')),
                ('title', models.CharField(help_text='A short name that a colleague would recognise.', max_length=300, verbose_name='title')),
                ('state', models.CharField(db_index=True, editable=False, max_length=24, verbose_name='state')),
                ('unit_change', models.BooleanField(default=False, editable=False, help_text='Whether another unit is asked for.', verbose_name='unit waits for approval')),
                ('unit_apart', models.BooleanField(default=False, editable=False, help_text='Whether it was approved to lie elsewhere than the AI system it is about.', verbose_name='unit of its own')),
                ('revision', models.PositiveIntegerField(default=1, editable=False, verbose_name='revision')),
                ('author', models.CharField(editable=False, help_text='Opaque id of the last writer.', max_length=64, verbose_name='last author')),
                ('created_at', models.DateTimeField(editable=False, verbose_name='recorded')),
                ('updated_at', models.DateTimeField(db_index=True, editable=False, verbose_name='last change')),
                ('effective_from', models.DateField(blank=True, help_text='Since when this holds, if that is not the day of recording.', null=True, verbose_name='effective from')),
                ('retention', models.CharField(default='governance', editable=False, max_length=24, verbose_name='retention class')),
                ('key', models.CharField(editable=False, help_text='What identifies it in the register it was imported from.', max_length=200, null=True, verbose_name='key in the source')),
                ('owner', models.ForeignKey(blank=True, help_text='The person who answers for this record.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_records', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('unit', models.ForeignKey(blank=True, help_text='The part of the organization it belongs to. Empty: the whole organization.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='identity.unit', verbose_name='unit')),
                ('unit_wanted', models.ForeignKey(editable=False, help_text='Where the record will belong once somebody else has approved it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit', verbose_name='unit asked for')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('prefix', models.CharField(max_length=8, primary_key=True, serialize=False)),
                ('last', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(max_length=40)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('actor', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_out', to='records.record')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_in', to='records.record')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('actor', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='records.record')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('media_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('actor', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='records.record')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField()),
                ('move', models.CharField(max_length=24)),
                ('reason', models.TextField(blank=True)),
                ('digest', models.CharField(help_text='SHA-256 of all it binds.', max_length=64)),
                ('at', models.DateTimeField()),
                ('leaf', models.PositiveBigIntegerField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='records.record')),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('verb', models.CharField(max_length=24)),
                ('state', models.CharField(max_length=24)),
                ('actor', models.CharField(db_index=True, max_length=64)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('effective_from', models.DateField(null=True)),
                ('leaf', models.PositiveBigIntegerField(db_index=True)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='records.record')),
            ],
            options={
                'ordering': ('record', 'number'),
            },
        ),
        migrations.CreateModel(
            name='RecordIndex',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='records.record')),
                ('kind', models.CharField(max_length=40)),
                ('reference', models.CharField(max_length=24)),
                ('title', models.CharField(max_length=1200)),
                ('state', models.CharField(max_length=24)),
                ('updated_at', models.DateTimeField()),
                ('filter_1', models.CharField(max_length=48, null=True)),
                ('filter_2', models.CharField(max_length=48, null=True)),
                ('filter_3', models.CharField(max_length=48, null=True)),
                ('filter_4', models.CharField(max_length=48, null=True)),
                ('filter_5', models.CharField(max_length=48, null=True)),
                ('filter_6', models.CharField(max_length=48, null=True)),
                ('filter_7', models.CharField(max_length=48, null=True)),
                ('filter_8', models.CharField(max_length=48, null=True)),
                ('sort_1', models.CharField(max_length=80, null=True)),
                ('sort_2', models.CharField(max_length=80, null=True)),
                ('sort_3', models.CharField(max_length=80, null=True)),
                ('sort_4', models.CharField(max_length=80, null=True)),
                ('sort_5', models.CharField(max_length=80, null=True)),
                ('sort_6', models.CharField(max_length=80, null=True)),
                ('sort_7', models.CharField(max_length=80, null=True)),
                ('sort_8', models.CharField(max_length=80, null=True)),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.unit')),
            ],
        ),
        migrations.AddIndex(
            model_name='record',
            index=models.Index(fields=['kind', 'state', '-id'], name='record_kind_state'),
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.UniqueConstraint(fields=('kind', 'key'), name='record_key_once_per_kind'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('source', 'target', 'relation'), name='link_once'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('record', 'number'), name='revision_once'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_newest'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'title', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8'], name='record_index_title'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'updated_at', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_changed'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_1', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_1'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_2', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_2'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_3', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_3'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_4', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_4'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_5', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_5'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_6', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_6'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_7', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_7'),
        ),
        migrations.AddIndex(
            model_name='recordindex',
            index=models.Index(fields=['kind', 'sort_8', 'record', 'reference', 'state', 'unit', 'owner', 'filter_1', 'filter_2', 'filter_3', 'filter_4', 'filter_5', 'filter_6', 'filter_7', 'filter_8', 'title'], name='record_index_sort_8'),
        ),
    ]
