import django.db.models.deletion
import plumbline.clauses.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0018_results_of_questionnaires'),
        ('records', '0011_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='InformationNotice',
            fields=[
                ('record_ptr', models.OneToOneField(editable=False, help_text='The row of the base table.', on_delete=django.db.models.deletion.PROTECT, parent_link=True, primary_key=True, related_name='+', serialize=False, to='records.record', verbose_name='base record')),
                ('about', models.CharField(choices=[('system', 'The system: what it is for and how it is used'), ('change', 'A change of the system'), ('incident', 'An incident')], help_text='What they are told of.', max_length=16, verbose_name='about')),
                ('change', models.CharField(blank=True, help_text='What changed, with the release if it has one.', max_length=200, verbose_name='change')),
                ('audience', plumbline.clauses.fields.MultiChoiceField(default=tuple, help_text='Everybody who is told by this notice.', verbose_name='to whom')),
                ('people', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Those among them who need it said in their own way.', verbose_name='groups')),
                ('covers', plumbline.clauses.fields.MultiChoiceField(blank=True, default=tuple, help_text='Tick what a reader really finds in it.', verbose_name='what it tells')),
                ('text', models.TextField(help_text='The notice as people read it, or where its wording is found.', verbose_name='wording')),
                ('language', models.CharField(help_text='Language of the wording; a notice for each language.', max_length=60, verbose_name='language')),
                ('version', models.CharField(help_text='Version of the wording.', max_length=40, verbose_name='version')),
                ('channel', models.CharField(choices=[('in the product', 'In the product, while it is used'), ('web page', 'Web page'), ('letter or mail', 'Letter or mail'), ('terms', 'Contract, terms or handbook'), ('briefing', 'Training or briefing'), ('on site', 'Sign or sheet on site'), ('form', 'Form or portal of an authority'), ('other', 'Another way')], help_text='By which way it reaches them.', max_length=24, verbose_name='channel')),
                ('delivered_on', models.DateField(blank=True, help_text='First day on which it reached them.', null=True, verbose_name='given since')),
                ('delivery', models.TextField(blank=True, help_text='When in the use of the system, to how many, and how again.', verbose_name='how it is given')),
                ('delivery_evidence', models.TextField(blank=True, help_text='Picture of the page, log of the dispatch, signed list: what, and where it is.', verbose_name='evidence of delivery')),
                ('content', models.JSONField(blank=True, default=dict, help_text='The system as it was in force when the notice went into review.', verbose_name='rests on')),
                ('next_review', models.DateField(help_text='Looked at again by then; yearly, and when the system changes.', null=True, verbose_name='next review')),
                ('incident', models.ForeignKey(blank=True, help_text='The incident they are told of.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='information_notices', to='clauses.incident', verbose_name='incident')),
                ('obligations', models.ManyToManyField(blank=True, help_text='Duties to tell people that it meets.', related_name='information_notices', to='clauses.obligation', verbose_name='obligations')),
                ('system', models.ForeignKey(help_text='The system that people are told of.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='information_notices', to='clauses.aisystem', verbose_name='AI system')),
            ],
            options={
                'verbose_name': 'information notice',
                'verbose_name_plural': 'information notices',
            },
            bases=('records.record',),
        ),
    ]
