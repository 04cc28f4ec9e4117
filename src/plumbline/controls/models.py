"""Runs and results of checks, what each check reads today, and what is waiting to be judged.

Results are only ever added: a window that gets more data is judged again. Which of its results counts is said
by `plumbline.controls.restatements`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.controls.verdicts import leading_names
from plumbline.kernel.states import CheckState, Strength
from plumbline.wording.fields import MessageField

_WORDS = [(word.value, word.value) for word in CheckState]
_STRENGTHS = [(word.value, word.value) for word in Strength]


class Run(models.Model):
    """A batch of judgements; its trail entry holds the Merkle root (RFC 6962) over the commitments to its
    results, in order, as that of a segment does over its events."""

    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    catalog_version = models.CharField(max_length=80)
    leaf = models.PositiveBigIntegerField(db_index=True)


class Result(models.Model):
    """What one check said of one subject in one window, with everything the verdict rests on.

    ``strength`` is what it shows at best where it is within its limit. ``members`` are those of the
    population (`plumbline.controls.members`), sealed by their digest in the result's bytes; both are empty in
    results that were judged before there were any.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="results")
    position = models.PositiveIntegerField()
    check_name = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    seen_until = models.DateTimeField()
    word = models.CharField(max_length=16, choices=_WORDS)
    reason = MessageField()
    value = models.FloatField(null=True)
    unit = models.CharField(max_length=40, blank=True)
    limit_value = models.FloatField(null=True)
    limit_source = models.CharField(max_length=24, blank=True)
    limit_revision = models.PositiveIntegerField(default=0)
    reference_period = models.CharField(max_length=21, blank=True)
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    population = models.PositiveBigIntegerField(null=True)
    excluded = models.PositiveBigIntegerField(default=0)
    strength = models.CharField(max_length=12, choices=_STRENGTHS, blank=True)
    members = models.JSONField(default=list)
    source_digest = models.CharField(max_length=64)
    evidence_digest = models.CharField(max_length=64)
    catalog_version = models.CharField(max_length=80)
    salt = models.BinaryField(help_text="Salt of the commitment to the result's bytes.")
    sealed = models.BinaryField(default=b"", help_text="The exact bytes that were committed to.")
    leaf = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField(db_index=True)
    received_until = models.DateTimeField(null=True)
    late = models.PositiveBigIntegerField(default=0)
    restates = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="restatements")
    cause = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("check_name", "subject", "window_start", "-id"), name="result_window"),
            models.Index(fields=("word", "-id"), name="result_word"),
        ]
        constraints = [models.UniqueConstraint(fields=("run", "position"), name="result_position_once")]

    @property
    def names(self) -> tuple[str, ...]:
        """What a reader should look at first: references, features, systems."""
        return leading_names(self.reason)


class Reading(models.Model):
    """The result that holds today for one check and subject: that of its newest window with a verdict.

    A window that has too little data yet does not hide the verdict of the one before; age does that.
    """

    check_name = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("check_name", "subject"), name="reading_once")]


class RestatementAcceptance(models.Model):
    """A person's acceptance of a restatement: from then on it counts, not the verdict that it restates."""

    result = models.OneToOneField(Result, on_delete=models.PROTECT, related_name="acceptance")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()


class Due(models.Model):
    """A window that new data touched and nobody has judged since.

    ``late`` says that it was closed when the data came: it waits until no more comes, so that a long import
    is judged once and not after each of its parts.
    """

    check_name = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    window_start = models.DateTimeField()
    late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("check_name", "subject", "window_start"), name="due_once")
        ]


class Raised(models.Model):
    """A failing result that triage has dealt with, and the nonconformity that it was put under."""

    check_name = models.CharField(max_length=60)
    subject = models.CharField(max_length=80)
    window_start = models.DateTimeField()
    reason_digest = models.CharField(max_length=64)
    reference = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("check_name", "subject", "window_start"), name="raised_once")
        ]


class Escalation(models.Model):
    """That the day of a nonconformity has passed and to whom it went on; the newest one of a day counts.

    ``person`` is a handle, empty where there was nobody. Another one for the same day follows when that
    person has left, or when somebody has come.
    """

    reference = models.CharField(max_length=24)
    due = models.DateField()
    person = models.CharField(max_length=64, blank=True)
    leaf = models.PositiveBigIntegerField(unique=True)

    class Meta:
        indexes = [models.Index(fields=("reference", "due"), name="escalation_of_day")]


class ResidualLevel(models.Model):
    """What is left of a risk today (`plumbline.clauses.rules.Level`), and since when it has been as much.

    Derived, and kept for lists only; whether it still holds is said by the stamp of all of them
    (`plumbline.controls.residual_levels`).
    """

    reference = models.CharField(max_length=24, primary_key=True)
    level = models.PositiveSmallIntegerField()
    since = models.DateTimeField()


class Cursor(models.Model):
    """How far a stage of this room has read one of its sources."""

    name = models.CharField(max_length=60, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    text = models.CharField(max_length=120, blank=True)
