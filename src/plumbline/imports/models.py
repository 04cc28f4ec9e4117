"""An import that somebody asked for: its file and map, what it will do with every row, and how far it is.

No governance records: these rows are written by `plumbline.imports.commands`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.kernel import ids
from plumbline.wording.fields import MessageTextField


def import_handle() -> str:
    """A new opaque id of an import."""
    return ids.opaque("imp")


def lists_handle() -> str:
    """A new opaque id of a file with several lists."""
    return ids.opaque("lst")


class ImportJob(models.Model):
    """One file on its way into the records of one kind; nothing of it is written before it is confirmed."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting for its columns to be matched"
        PREVIEWED = "previewed", "Waiting for confirmation"
        QUEUED = "queued", "Waiting for the lists before it"
        RUNNING = "running", "Being written"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        DISCARDED = "discarded", "Discarded"

    handle = models.CharField(max_length=40, unique=True, default=import_handle)
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField()
    encoding = models.CharField(max_length=40, blank=True)
    map_text = models.TextField(blank=True)
    register = models.CharField(max_length=60, blank=True)
    columns = models.TextField(blank=True, help_text="Names of the columns, as JSON.")
    summary = models.TextField(blank=True, help_text="What is said of all rows together, as JSON.")
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    error = models.TextField(blank=True)
    actor = models.CharField(max_length=64)
    scopes = models.CharField(max_length=120, null=True)  # null: a session, which has no scopes
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who has planned it last, and in whose name it is written.",
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kept = models.TextField(
        blank=True, help_text="References of what stays although the file has it no longer, joined by spaces."
    )
    together = models.CharField(
        max_length=40, blank=True, db_index=True, help_text="Id of the file with several lists it came with."
    )
    turn = models.PositiveIntegerField(default=0, help_text="Its place among the lists of that file.")
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)


class ImportRow(models.Model):
    """What an import does, or did, with one row of its file."""

    class Outcome(models.TextChoices):
        CREATE = "create", "New record"
        AMEND = "amend", "Changes a record"
        UNCHANGED = "unchanged", "Already recorded like this"
        REPEAT = "repeat", "Repeats an earlier row"
        SKIP = "skip", "Left out by the map"
        FAULTY = "faulty", "Cannot be taken"

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    key = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=24, blank=True)
    revision = models.PositiveIntegerField(null=True)
    repeats = models.PositiveIntegerField(null=True)
    set_aside = models.CharField(
        max_length=1000, blank=True, help_text="Fields whose text goes to the note, joined by spaces."
    )
    values = models.JSONField(default=dict, blank=True, help_text="What the row says, by field.")
    fields = models.TextField(blank=True, help_text="Fields that are written, joined by spaces.")
    note = models.TextField(blank=True, help_text="Texts of the row that no field holds whole.")
    stated = models.TextField(
        blank=True, help_text="What the source says of it in its own words, as JSON (`imports.stated`)."
    )
    later = models.TextField(blank=True, help_text="What waits for the other rows, as JSON.")
    linked = models.TextField(
        blank=True, help_text="Entries of the links that it has made, joined by spaces."
    )
    written = models.BooleanField(default=False)

    class Meta:
        ordering = ("job", "line")
        constraints = [models.UniqueConstraint(fields=("job", "line"), name="import_row_once")]
        indexes = [
            models.Index(fields=("job", "outcome", "written", "line"), name="import_row_open"),
            models.Index(fields=("reference",), name="import_row_reference"),
        ]


class ImportFault(models.Model):
    """One thing about one row of a file, as a reader of the file would look for it.

    ``text`` stands in the file; ``sort`` says what became of it (`plumbline.imports.notices.Sort`).
    """

    row = models.ForeignKey(ImportRow, on_delete=models.CASCADE, related_name="faults")
    column = models.CharField(max_length=1000, blank=True)
    field = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    sort = models.CharField(max_length=16, default="refused")
    chosen = models.BooleanField(default=False, help_text="Whether somebody chose it for this row.")
    message = MessageTextField()
    remedy = MessageTextField(blank=True)

    class Meta:
        ordering = ("row", "id")
