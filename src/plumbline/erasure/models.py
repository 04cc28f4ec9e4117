"""Requests for erasure, legal holds and retention periods. No governance records: `commands` writes them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.kernel import ids
from plumbline.wording.fields import MessageTextField


def request_handle() -> str:
    """A new opaque id of a request."""
    return ids.opaque("era")


def hold_handle() -> str:
    """A new opaque id of a legal hold."""
    return ids.opaque("hld")


class ErasureRequest(models.Model):
    """What is to be erased, on which ground, who asked, who decided, and how far it has come.

    ``target`` names what is to be erased (``kind`` says what it is) and is emptied with it. ``plan`` is what
    was found when the work began, so that it can be taken up after a crash; ``packs`` are handles of the
    packs that disclosed some of it. ``error`` says what stops an approved request. ``leaf`` is the entry of
    the request, ``decision_leaf`` that of the decision, ``erasure_leaf`` the first erasure entry.
    """

    class Kind(models.TextChoices):
        """What is erased together."""

        SUBJECT = "subject", "Data subject of telemetry"
        EVENT = "event", "Decision or other event"
        RECORD = "record", "Content of a record"
        PERSON = "person", "Account of a person"
        CLASS = "class", "Retention class before a day"

    class State(models.TextChoices):
        """Where a request stands."""

        REQUESTED = "requested", "Waiting for a second person"
        REFUSED = "refused", "Refused"
        APPROVED = "approved", "Approved"
        RUNNING = "running", "Being erased"
        DONE = "done", "Erased"

    handle = models.CharField(max_length=40, unique=True, default=request_handle)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    target = models.TextField(blank=True)
    before = models.DateField(null=True)
    ground = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.REQUESTED, db_index=True)
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    plan = models.TextField(blank=True)
    packs = models.TextField(blank=True)
    openings = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    error = MessageTextField(blank=True)
    leaf = models.PositiveBigIntegerField()
    decision_leaf = models.PositiveBigIntegerField(null=True)
    erasure_leaf = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ("-id",)


class LegalHold(models.Model):
    """A duty to keep something, which stops every request to erase it until it is released."""

    handle = models.CharField(max_length=40, unique=True, default=hold_handle)
    kind = models.CharField(max_length=12, blank=True, help_text="Empty: everything.")
    target = models.TextField(blank=True)
    ground = models.TextField()
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=64, blank=True)
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-id",)


class RetentionPeriod(models.Model):
    """For how many months a retention class is kept, as one person proposed and another approved it."""

    retention = models.CharField(max_length=32)
    months = models.PositiveIntegerField()
    reason = models.TextField()
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True)
    leaf = models.PositiveBigIntegerField()
    approval_leaf = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ("-id",)
