"""Connections: which outside systems this installation reads, how far, and what was wrong."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models

from plumbline.kernel import ids
from plumbline.wording.fields import MessageTextField


def connection_handle() -> str:
    """A new opaque id of a connection."""
    return ids.opaque("con")


class Connection(models.Model):
    """One outside system as it is read here, with the place that reading has reached."""

    handle = models.CharField(max_length=40, unique=True, default=connection_handle)
    connector = models.CharField(max_length=40)
    name = models.CharField(max_length=100, unique=True)
    settings = models.JSONField(help_text="What the connector's form asks for: texts by name.")
    person = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="With whose rights it writes.",
    )
    position = models.CharField(max_length=500, blank=True, help_text="After which fact reading goes on.")
    due_at = models.DateTimeField(db_index=True)
    last_read_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, help_text="Why the system could not be read the last time.")
    created = models.PositiveIntegerField(default=0)
    amended = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("name",)


class ConnectionFault(models.Model):
    """One thing wrong with one fact. It goes when the fact has been taken."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="faults")
    key = models.CharField(max_length=200)
    field = models.CharField(max_length=100, blank=True)
    message = MessageTextField()
    remedy = MessageTextField(blank=True)

    class Meta:
        ordering = ("connection", "id")
