import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0028_audit_requests'),
        ('records', '0011_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('description', models.TextField(help_text='And for whom, in a few sentences.', verbose_name='what becomes better')),
                ('origin', models.CharField(choices=[('management review', 'A management review'), ('committee', 'A decision of a committee'), ('audit', 'An opportunity that an audit saw'), ('concern', 'A concern'), ('measurement', 'A result of monitoring'), ('other', 'An idea, or something else')], help_text='Where it was decided or seen.', max_length=24, verbose_name='comes from')),
                ('source', models.TextField(blank=True, help_text='Who had the idea, and on which occasion.', verbose_name='where else it was seen')),
                ('expected', models.TextField(help_text='Figure or observation by which somebody else sees that it worked.', verbose_name='what is expected')),
                ('steps', models.TextField(help_text='Steps that somebody else could carry out.', verbose_name='what is done')),
                ('due', models.DateField(help_text='By when it is carried out.', null=True, verbose_name='due')),
                ('done_on', models.DateField(blank=True, help_text='Day on which it was carried out.', null=True, verbose_name='carried out on')),
                ('result', models.TextField(blank=True, help_text='Compared with what was expected.', verbose_name='what came of it')),
                ('concern', models.ForeignKey(blank=True, help_text='The concern that led to it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='clauses.concern', verbose_name='concern')),
                ('decision', models.ForeignKey(blank=True, help_text='The decision that it follows from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='clauses.committeedecision', verbose_name='committee decision')),
                ('finding', models.ForeignKey(blank=True, help_text='The opportunity that the audit saw.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='clauses.auditfinding', verbose_name='audit finding')),
                ('indicator', models.ForeignKey(blank=True, help_text='The measure whose results led to it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='clauses.indicator', verbose_name='indicator')),
                ('review', models.ForeignKey(blank=True, help_text='The review that decided it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='improvements', to='clauses.managementreview', verbose_name='management review')),
            ],
            options={
                'verbose_name': 'action',
                'verbose_name_plural': 'actions',
            },
            bases=('records.record',),
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('holder', models.CharField(choices=[('us', 'Our organization'), ('supplier', 'A supplier')], help_text='Whose certificate it is.', max_length=16, verbose_name='held by')),
                ('standard', models.CharField(help_text='With its edition.', max_length=120, verbose_name='standard')),
                ('scope', models.TextField(help_text='Word for word as it stands on the certificate, sites included.', verbose_name='scope')),
                ('body', models.CharField(help_text='Who issued it, or is asked to.', max_length=200, verbose_name='certification body')),
                ('accreditation', models.CharField(blank=True, help_text='Which body accredited them for this standard, with the number; or that none did.', max_length=200, verbose_name='accreditation')),
                ('number', models.CharField(blank=True, help_text='As on the certificate.', max_length=80, verbose_name='number')),
                ('standing', models.CharField(choices=[('applied for', 'Applied for'), ('issued', 'Issued'), ('suspended', 'Suspended'), ('withdrawn', 'Withdrawn')], default='applied for', help_text='As the register says.', max_length=16, verbose_name='standing')),
                ('issued_on', models.DateField(blank=True, help_text='Day of the decision.', null=True, verbose_name='issued on')),
                ('valid_until', models.DateField(blank=True, help_text='Last day on which it holds.', null=True, verbose_name='valid until')),
                ('last_surveillance', models.DateField(blank=True, help_text='Day of the last surveillance audit.', null=True, verbose_name='last surveillance')),
                ('next_surveillance', models.DateField(blank=True, help_text='By when the next one takes place.', null=True, verbose_name='next surveillance')),
                ('register', models.TextField(blank=True, help_text='Register of the body or IAF CertSearch, with address or search word.', verbose_name='where it is looked up')),
                ('assessments', models.ManyToManyField(blank=True, help_text='Assessments that looked at it.', related_name='certificates', to='clauses.supplierassessment', verbose_name='assessments')),
                ('supplier', models.ForeignKey(blank=True, help_text='The supplier who holds it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='clauses.supplier', verbose_name='supplier')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
            },
            bases=('records.record',),
        ),
    ]
