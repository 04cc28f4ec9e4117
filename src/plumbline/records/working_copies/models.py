"""The table of what people have typed and not saved."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.kernel import ids


def copy_handle() -> str:
    """A new opaque name of a working copy."""
    return ids.opaque("wcp")


class WorkingCopy(models.Model):
    """What somebody has typed into the form of a record and not saved yet; nobody else ever reads it.

    No revision and no evidence: no list, check, report or search reads it, and it leaves no entry. There is
    one for each person and record, and one for each ``step`` of it into whose panel somebody has typed;
    without a ``record`` it is of one that is not recorded yet.
    """

    handle = models.CharField(max_length=40, unique=True, default=copy_handle)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    record = models.ForeignKey("records.Record", null=True, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=40, default="", help_text="Step whose panel it is; empty: the form.")
    seen = models.PositiveIntegerField(help_text="Revision that was in the form; 0 for a new record.")
    values = models.TextField(help_text="What was typed, by field, as JSON.")
    window = models.CharField(max_length=40, help_text="The page that has typed last.")
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "records"
        constraints = [
            models.UniqueConstraint(fields=("person", "record", "step"), name="working_copy_of_a_record"),
        ]
        indexes = [models.Index(fields=("person", "kind"), name="working_copy_of_person")]
