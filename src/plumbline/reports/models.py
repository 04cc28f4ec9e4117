"""Evidence packs that were requested, and documents that were issued: what each was and what proves it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.reports.audit_samples import models as _samples  # noqa: F401 - three more tables
from plumbline.reports.private_notes import models as _notes  # noqa: F401 - one more table


class Pack(models.Model):
    """A requested pack: its scope, its recipient, and what became of it.

    It covers entries ``start`` to before ``stop`` of the trail. ``requirements`` (ids) and ``systems``
    (slugs) stand one on a line; empty means all. The file lies in the data folder under its SHA-256;
    ``leaf`` is the trail entry that names it. ``prepared`` is the entry that commits to its documents and to
    the population of its sample (``sample_of``: decisions, or a kind of record), ``drawn`` the later one that
    holds the seed; a pack with a sample stays `PREPARED` until somebody names one.
    """

    class State(models.TextChoices):
        """How far a pack has come."""

        WAITING = "waiting", "Waiting"
        BUILDING = "building", "Building"
        PREPARED = "prepared", "Prepared"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    handle = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING, db_index=True)
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    author = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    start = models.PositiveBigIntegerField()
    stop = models.PositiveBigIntegerField()
    requirements = models.TextField(blank=True)
    systems = models.TextField(blank=True)
    recipient = models.CharField(max_length=200)
    purpose = models.CharField(max_length=1000)
    expires = models.DateField()
    sample_size = models.PositiveIntegerField(default=0)
    sample_of = models.CharField(max_length=64, default="decision")
    seed = models.CharField(max_length=128, blank=True)
    prepared = models.PositiveBigIntegerField(null=True)
    drawn = models.PositiveBigIntegerField(null=True)
    step = models.CharField(max_length=80, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    checkpoint = models.PositiveBigIntegerField(default=0)
    revisions = models.PositiveBigIntegerField(default=0)
    results = models.PositiveBigIntegerField(default=0)
    population = models.PositiveBigIntegerField(default=0)
    sampled = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    leaf = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ("-id",)


class IssuedDocument(models.Model):
    """A document that was handed out, by the code that is printed on it.

    ``sha256`` is of its canonical content (`plumbline.documents.model`), ``code`` the beginning of it.
    ``entry`` is the last entry that it rests on, ``leaf`` the one that says that it was issued. ``rests_on``
    lists the records in it, each by reference and revision, one on a line.
    """

    code = models.CharField(max_length=19, unique=True)
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=24, blank=True)
    language = models.CharField(max_length=16)
    as_of = models.DateTimeField()
    entry = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    rests_on = models.TextField(blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64)
    leaf = models.PositiveBigIntegerField(unique=True)

    class Meta:
        ordering = ("-id",)
