"""The base table of every governance record, and what hangs on a record.

Rows here change only through `plumbline.records.commands` (the one door); `plumbline.records.guard`
refuses every other write on the connection.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Record(models.Model):
    """A governance record: what every kind has in common."""

    reference = models.CharField(
        "reference", max_length=24, unique=True, editable=False, help_text="Identifier given by the system."
    )
    kind = models.CharField("kind", max_length=40, editable=False, db_index=True)
    title = models.CharField(
        "title", max_length=300, help_text="A short name that a colleague would recognise."
    )
    state = models.CharField("state", max_length=24, editable=False, db_index=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="owner",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_records",
        help_text="The person who answers for this record.",
    )
    unit = models.ForeignKey(
        "identity.Unit",
        verbose_name="unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="records",
        help_text="The part of the organization it belongs to. Empty: the whole organization.",
    )
    revision = models.PositiveIntegerField("revision", editable=False, default=1)
    author = models.CharField(
        "last author", max_length=64, editable=False, help_text="Opaque id of the last writer."
    )
    created_at = models.DateTimeField("recorded", editable=False)
    updated_at = models.DateTimeField("last change", editable=False, db_index=True)
    effective_from = models.DateField(
        "effective from",
        null=True,
        blank=True,
        help_text="Since when this holds, if that is not the day of recording.",
    )
    retention = models.CharField("retention class", max_length=24, editable=False, default="governance")
    key = models.CharField(
        "key in the source",
        max_length=200,
        null=True,
        editable=False,
        help_text="What identifies it in the register it was imported from.",
    )

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=("kind", "key"), name="record_key_once_per_kind")]
        indexes = [models.Index(fields=("kind", "state", "-id"), name="record_kind_state")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class Sequence(models.Model):
    """The last number given out for a prefix."""

    prefix = models.CharField(max_length=8, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)


class Revision(models.Model):
    """One state of one record; its exact bytes are the opening ``revision`` of leaf ``leaf``."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=24)
    state = models.CharField(max_length=24)
    actor = models.CharField(max_length=64, db_index=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    effective_from = models.DateField(null=True)
    leaf = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        ordering = ("record", "number")
        constraints = [models.UniqueConstraint(fields=("record", "number"), name="revision_once")]


class Approval(models.Model):
    """A person's approval of one revision; it says nothing of any other revision."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="approvals")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals")
    move = models.CharField(max_length=24)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-at",)


class Link(models.Model):
    """A named relation from one record to another."""

    source = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="links_in")
    relation = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("source", "target", "relation"), name="link_once")]


class Comment(models.Model):
    """What somebody said about a record. Markdown."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)


class Attachment(models.Model):
    """A file that belongs to a record; its bytes lie in the data folder under their SHA-256."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)


from plumbline.records import card_models, repeat_models  # noqa: E402, F401  # Django looks here
