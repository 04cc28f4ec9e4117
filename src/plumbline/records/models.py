"""The base table of every governance record, what belongs to a record, the list index, and idempotency keys.

Rows of all but the last change only through `plumbline.records.commands` (the one door);
`plumbline.records.guard` refuses every other write on the connection.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.identity.models import Unit
from plumbline.kernel import ids
from plumbline.records.merging import models as _merges  # noqa: F401 - one more table
from plumbline.records.related import models as _links  # noqa: F401 - one more table
from plumbline.records.working_copies import models as _  # noqa: F401 - one more table

FILTERS, SORTS = 8, 8
"""Columns of the list index for what lists filter by, and for what they sort by besides title and time."""
TITLE_BYTES, SORT_LETTERS, FILTER_LETTERS = 1_200, 80, 48
"""How much of each the list index holds; an entry of a PostgreSQL index may have 2,704 bytes in all."""
_INCLUDED = ("reference", "state", "unit", "owner", *(f"filter_{number}" for number in range(1, FILTERS + 1)))


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
    unit_wanted = models.ForeignKey(
        "identity.Unit",
        verbose_name="unit asked for",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Where the record will belong once somebody else has approved it.",
    )
    unit_change = models.BooleanField(
        "unit waits for approval",
        editable=False,
        default=False,
        help_text="Whether another unit is asked for.",
    )
    unit_apart = models.BooleanField(
        "unit of its own",
        editable=False,
        default=False,
        help_text="Whether it was approved to lie elsewhere than the AI system it is about.",
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

    @property
    def written_unit(self) -> Unit | None:
        """The unit as the record says it, which may still wait for approval; ``unit`` is the one in force."""
        return self.unit_wanted if self.unit_change else self.unit


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
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The owner, who was away, and for whom the person stood in.",
    )
    note = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    effective_from = models.DateField(null=True)
    leaf = models.PositiveBigIntegerField(db_index=True)

    class Meta:
        ordering = ("record", "number")
        constraints = [models.UniqueConstraint(fields=("record", "number"), name="revision_once")]


class Approval(models.Model):
    """A person's approval of one revision; it says nothing of any other revision.

    It binds the fields, files, links and the revisions of the records named (`plumbline.records.approved`).
    Whatever has a later trail entry than ``leaf`` was added afterwards.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="approvals")
    revision = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals")
    move = models.CharField(max_length=24)
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of all it binds.")
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-at",)


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


class CommentAct(models.Model):
    """What was done about a comment since: another text, its end, or that somebody mentioned has seen it.

    The comment itself stays as it was written; ``text`` is what an edit put in its place.
    """

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=12)
    text = models.TextField(blank=True, default="")
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)


class Mention(models.Model):
    """Somebody is named in a comment, since the entry ``leaf``; no longer once an edit took the name out."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentions")
    leaf = models.PositiveBigIntegerField()
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("comment", "person"), name="mention_once")]


class Attachment(models.Model):
    """A file that belongs to a record; its bytes lie in the data folder under their SHA-256.

    The two dates are those that it was added with; what somebody said of them since is in `AttachmentDates`.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    document_date = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    replaces = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="replaced_by",
        help_text="The file of the same record in whose place this one was added.",
    )
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)


class AttachmentDates(models.Model):
    """Other dates of a file than those before; an approval goes on binding those that it was given for."""

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="dates")
    document_date = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("id",)


def _filter_column() -> models.CharField[str | None, str | None]:
    return models.CharField(max_length=FILTER_LETTERS, null=True)


def _sort_column() -> models.CharField[str | None, str | None]:
    return models.CharField(max_length=SORT_LETTERS, null=True)


class RecordIndex(models.Model):
    """What a list reads of one record: one narrow row with all that lists search, filter and sort by.

    A kind's columns lie in a table of its own, beside the base table; a list that filters by one and sorts by
    the other would have to join all rows of both before it knew the first twenty-five. Each index here begins
    with a sort and goes on with everything else, so that any list is read in its order off one index, never
    sorted and never joined (decision 9). The door writes the row with its record
    (`plumbline.records.list_index.commands`); it can be written again from the record at any time.
    ``title`` and the sort columns are case-folded.
    """

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=24)
    title = models.CharField(max_length=TITLE_BYTES)
    state = models.CharField(max_length=24)
    unit = models.ForeignKey(
        "identity.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField()
    filter_1, filter_2, filter_3, filter_4 = (
        _filter_column(),
        _filter_column(),
        _filter_column(),
        _filter_column(),
    )
    filter_5, filter_6, filter_7, filter_8 = (
        _filter_column(),
        _filter_column(),
        _filter_column(),
        _filter_column(),
    )
    sort_1, sort_2, sort_3, sort_4 = _sort_column(), _sort_column(), _sort_column(), _sort_column()
    sort_5, sort_6, sort_7, sort_8 = _sort_column(), _sort_column(), _sort_column(), _sort_column()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "record", *_INCLUDED, "title"), name="record_index_newest"),
            models.Index(fields=("kind", "title", "record", *_INCLUDED), name="record_index_title"),
            models.Index(
                fields=("kind", "updated_at", "record", *_INCLUDED, "title"), name="record_index_changed"
            ),
            *(
                models.Index(
                    fields=("kind", f"sort_{number}", "record", *_INCLUDED, "title"),
                    name=f"record_index_sort_{number}",
                )
                for number in (1, 2, 3, 4, 5, 6, 7, 8)
            ),
        ]


class SearchText(models.Model):
    """The words of a record, of its comments and of its files, as they are searched: folded, one space apart.

    SQLite's FTS5 and PostgreSQL's text search index this table inside the database
    (`plumbline.records.search_index.engines`). The door writes the row with what it follows from; it can be
    written again at any time.
    """

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    title = models.TextField(help_text="Title, reference and key in the source.")
    texts = models.TextField()
    comments = models.TextField(default="")
    files = models.TextField(default="", help_text="Names of files, and the beginnings of text files.")


def view_handle() -> str:
    """A new opaque id of a saved view."""
    return ids.opaque("viw")


class SavedView(models.Model):
    """A list of records that somebody saved under a name; ``query`` is what stands in its address.

    No governance record: it chooses what is looked at and gives no right to see anything.
    """

    handle = models.CharField(max_length=40, unique=True, default=view_handle)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    shared_with = models.CharField(max_length=40, blank=True, help_text="A role, everybody, or nobody.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=("kind", "shared_with"), name="saved_view_shared")]


class IndexShape(models.Model):
    """Which of a kind's fields its index rows hold in which column; rows of another shape are written again
    at the next start."""

    kind = models.CharField(max_length=40, primary_key=True)
    digest = models.CharField(max_length=64)


class IdempotencyKey(models.Model):
    """A request that wrote something, by the key its sender gave it (HTTP header ``Idempotency-Key``), with
    the answer it got."""

    key = models.CharField(max_length=64, primary_key=True, help_text="Digest of actor, address and key.")
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.TextField(default="{}")
    body = models.TextField(default="")
    at = models.DateTimeField(db_index=True)
