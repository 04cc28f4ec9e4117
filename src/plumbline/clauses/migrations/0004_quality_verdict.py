from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clauses', '0003_authority_limits'),
    ]

    operations = [
        migrations.AddField(
            model_name='dataset',
            name='quality_verdict',
            field=models.CharField(choices=[('not judged', 'Not judged yet'), ('good enough', 'Good enough'), ('not good enough', 'Not good enough')], default='not judged', help_text='What was found against what is asked for.', max_length=24, verbose_name='is it good enough'),
        ),
    ]
