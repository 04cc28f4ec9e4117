"""The table of merged records."""

from __future__ import annotations

from django.conf import settings
from django.db import models

INTO = "merges-into"
"""The fact of an entry that names the record into which its subject is merged."""


class Merge(models.Model):
    """That ``source`` is the same as ``target``, said by the entry ``leaf`` when it was at ``revision``.

    Whether it holds follows from the source (`queries`): it has to have ended with that revision or the next.
    ``dropped_leaf`` is the entry by which a proposal was dropped.
    """

    source = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="merges_into_it")
    revision = models.PositiveIntegerField()
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()
    dropped_leaf = models.PositiveBigIntegerField(null=True)

    class Meta:
        app_label = "records"
        ordering = ("id",)
