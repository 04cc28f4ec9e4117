from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0002_credentials_before_role'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='language',
            field=models.CharField(blank=True, default='', help_text='Empty: that of the installation.', max_length=10, verbose_name='language'),
        ),
        migrations.AddField(
            model_name='person',
            name='time_zone',
            field=models.CharField(blank=True, default='', help_text='Empty: that of the organization.', max_length=60, verbose_name='time zone'),
        ),
    ]
