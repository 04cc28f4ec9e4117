"""A change to many records that somebody asked for: what it is, what it does with each record, how far it is.

No governance records: these rows are written by `plumbline.bulk.commands` and its stage.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.kernel import ids
from plumbline.wording.fields import MessageTextField


def bulk_handle() -> str:
    """A new opaque id of a bulk change."""
    return ids.opaque("blk")


class BulkJob(models.Model):
    """One change to many records of one kind; nothing of it is done before it is confirmed."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", "Waiting for confirmation"
        RUNNING = "running", "Being done"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        DISCARDED = "discarded", "Discarded"

    handle = models.CharField(max_length=40, unique=True, default=bulk_handle)
    kind = models.CharField(max_length=40)
    request = models.TextField(help_text="What is asked for, as canonical JSON; empty once it was erased.")
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREVIEWED)
    error = MessageTextField(blank=True)
    actor = models.CharField(max_length=64)
    scopes = models.CharField(max_length=120, null=True)  # null: a session, which has no scopes
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class BulkRow(models.Model):
    """What a bulk change does, or did, with one record."""

    class Outcome(models.TextChoices):
        CHANGE = "change", "Will be changed"
        UNCHANGED = "unchanged", "Is like this already"
        REFUSED = "refused", "Will not be changed"

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    reference = models.CharField(max_length=24)
    revision = models.PositiveIntegerField(help_text="The revision that was previewed.")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    message = MessageTextField(blank=True)
    remedy = MessageTextField(blank=True)
    done = models.BooleanField(default=False)
    revision_after = models.PositiveIntegerField(null=True)
    values = models.TextField(blank=True, help_text="What an undo puts back, as canonical JSON.")

    class Meta:
        ordering = ("job", "place")
        constraints = [
            models.UniqueConstraint(fields=("job", "place"), name="bulk_row_once"),
            models.UniqueConstraint(fields=("job", "reference"), name="bulk_record_once"),
        ]
        indexes = [models.Index(fields=("job", "outcome", "done", "place"), name="bulk_row_open")]
