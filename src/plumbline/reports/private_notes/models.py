"""The table of private notes, which holds no text that anybody reads without the passphrase."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PrivateNote(models.Model):
    """A note of an auditor, sealed. What it is about is sealed too.

    ``sealed`` is as `plumbline.reports.private_notes.sealing` says, empty once the note is deleted;
    ``digest`` is its SHA-256, ``leaf`` the entry that says it was kept, ``removed`` that of its deletion.
    """

    handle = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    sealed = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    leaf = models.PositiveBigIntegerField(unique=True)
    removed = models.PositiveBigIntegerField(null=True, unique=True)

    class Meta:
        ordering = ("id",)
