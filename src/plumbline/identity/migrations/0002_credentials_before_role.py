"""Credentials that were set before a role, and the newest code that was used, are kept with the person."""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from plumbline.kernel import clock


def mark_accounts_without_a_role(apps: Any, schema_editor: Any) -> None:
    """An account that has a password and no role today may have been taken over unnoticed."""
    grant, person = apps.get_model("identity", "Grant"), apps.get_model("identity", "Person")
    lasting = Q(ends__isnull=True) | Q(ends__gte=clock.today())
    with_role = grant.objects.filter(lasting, revoked_at__isnull=True).values("person")
    accounts = person.objects.exclude(pk__in=with_role).exclude(password__startswith="!")
    accounts.update(credentials_before_role=True)


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial_2")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="credentials_before_role",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name="person",
            name="last_code_step",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(mark_accounts_without_a_role, migrations.RunPython.noop, elidable=True),
    ]
