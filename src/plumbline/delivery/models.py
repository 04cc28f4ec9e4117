"""Deliveries: what is to be sent to whom, how often that was tried, and how it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.kernel import ids


def delivery_handle() -> str:
    """A new opaque id of a delivery."""
    return ids.opaque("dlv")


class Delivery(models.Model):
    """One notice for one person. Written by `plumbline.delivery.commands` and sent by its stage."""

    class State(models.TextChoices):
        """Where a delivery stands."""

        WAITING = "waiting", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    handle = models.CharField(max_length=40, unique=True, default=delivery_handle)
    channel = models.CharField(max_length=24, help_text="Name of the channel that carries it.")
    notice = models.CharField(max_length=40, help_text="Code of the notice that composes its text.")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor = models.CharField(max_length=64, help_text="Opaque id of whoever asked for it.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not to be tried before this time.")
    error = models.CharField(
        max_length=200, blank=True, help_text="Why the last attempt failed, without any address."
    )
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=("state", "due_at"), name="delivery_due")]
