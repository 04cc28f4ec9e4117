"""The tables of the log. Only `plumbline.trail.commands` writes them.

Leaves and tiles are never changed: triggers refuse it (`append_only_triggers`), and the tree would show it.
"""

from __future__ import annotations

from django.db import models


class Leaf(models.Model):
    """One entry of the log.

    ``body`` is the truth: canonical JSON whose hash is in the tree. The other columns repeat parts of it
    so that entries can be found, and a scrub compares them with it.
    """

    index = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    hash = models.BinaryField()
    entry_type = models.CharField(max_length=64)
    subject_ref = models.CharField(max_length=128, blank=True, default="", db_index=True)
    actor = models.CharField(max_length=128)
    time = models.DateTimeField()
    source = models.CharField(max_length=64)
    client_id = models.UUIDField(unique=True)

    class Meta:
        """Ordered as logged."""

        ordering = ["index"]
        indexes = [
            models.Index(fields=["entry_type", "index"], name="trail_leaf_type"),
            models.Index(fields=["actor", "index"], name="trail_leaf_actor"),
        ]


class Tile(models.Model):
    """256 hashes of one height of the tree (C2SP tlog-tiles): leaf hashes at level 0, then roots of tiles."""

    level = models.PositiveSmallIntegerField()
    n = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        """A tile is written once, when it is full."""

        constraints = [models.UniqueConstraint(fields=["level", "n"], name="trail_tile_place")]


class Opening(models.Model):
    """The salt and the exact bytes behind one commitment of a leaf; erasable, unlike the leaf.

    ``key_id`` names the key under which ``body`` holds salt and bytes encrypted (`sealed_opening`), with
    ``salt`` empty; an empty ``key_id`` means that they are not encrypted, as in folders of earlier versions.
    """

    index = models.BigIntegerField()
    slot = models.CharField(max_length=96)
    salt = models.BinaryField()
    body = models.BinaryField()
    key_id = models.CharField(max_length=64, blank=True, default="")
    retention = models.CharField(max_length=32)

    class Meta:
        """One opening for each slot of a leaf."""

        constraints = [models.UniqueConstraint(fields=["index", "slot"], name="trail_opening_place")]
        indexes = [models.Index(fields=["key_id"], name="trail_opening_key")]


class ErasedOpening(models.Model):
    """What an erasure entry names, so that it can be looked up.

    Derived from the entry ``leaf`` and never believed on its own (`plumbline.trail.erasures`).

    ``first`` and ``last`` are places of events in the segment ``index`` where ``slot`` is ``event``, else 0.
    """

    index = models.BigIntegerField()
    slot = models.CharField(max_length=96)
    first = models.PositiveIntegerField(default=0)
    last = models.PositiveIntegerField(default=0)
    leaf = models.BigIntegerField(db_index=True)

    class Meta:
        """Every line of an entry once."""

        constraints = [
            models.UniqueConstraint(fields=["index", "slot", "first", "leaf"], name="trail_erased_once")
        ]


class Checkpoint(models.Model):
    """A signed statement of size and root (C2SP tlog-checkpoint), as it was published.

    ``time`` is when the last entry under it was recorded.
    """

    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    note = models.TextField()
    time = models.DateTimeField()


class AnchorReceipt(models.Model):
    """That something outside of the installation took a checkpoint, and what it gave for it.

    ``leaf`` is the entry (``trail.anchored``) from which everything here follows; ``evidence`` is what came
    back (a time stamp, a cosignature line), whose digest is in the entry. ``stated_at`` is the time that the
    other side states, ``time`` the one of the entry.
    """

    leaf = models.BigIntegerField(unique=True)
    anchor = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    size = models.BigIntegerField(db_index=True)
    root = models.BinaryField()
    evidence = models.BinaryField()
    stated_at = models.DateTimeField(null=True)
    time = models.DateTimeField()

    class Meta:
        """Found by what took the checkpoint, newest first."""

        indexes = [models.Index(fields=["anchor", "name", "size"], name="trail_anchor_receipt_of")]


class Coordinator(models.Model):
    """The one row that gives out leaf numbers. Whoever holds its lock appends; everybody else waits.

    ``counters`` holds the last gap-free number of every source as canonical JSON; ``frontier`` the right
    edge of the tree.
    """

    origin = models.CharField(max_length=200)
    epoch = models.PositiveIntegerField(default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    last_time = models.DateTimeField(null=True)
    counters = models.BinaryField(default=b"{}")

    class Meta:
        """There is one row, number 1."""

        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="trail_coordinator_single")]


class Finding(models.Model):
    """One place where a table says something else than the entry it follows from, as it was last seen.

    It goes when a later scrub finds nothing there. ``incident`` is the entry that it opened.
    """

    table = models.CharField(max_length=80)
    row = models.CharField(max_length=200)
    field = models.CharField(max_length=80)
    expected = models.TextField(blank=True)
    found = models.TextField(blank=True)
    entry = models.BigIntegerField(null=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField(db_index=True)
    incident = models.BigIntegerField(null=True)

    class Meta:
        """One finding for each place."""

        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=("table", "row", "field"), name="trail_finding_place")]
        indexes = [models.Index(fields=["row"], name="trail_finding_row")]


class ScrubState(models.Model):
    """How far the scrub of all tables has come, and how the last whole one ended; one row, number 1.

    ``part`` and ``position`` say where a scrub that was interrupted goes on. ``size`` is how many entries
    there were when the last whole scrub began, ``compared`` how many numbers it looked at, ``differences``
    how many it found.

    One walk has the scrub at a time: ``walk`` names it, and it notes ``hashed`` entries and ``compared``
    numbers out of ``total`` at ``moved_at``. ``asked_at`` and ``asked_by`` (an actor) are of somebody who
    wants one at once and has not had it yet; ``finished_for`` is who had asked for the last whole one.
    """

    asked_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=128, blank=True, default="")
    walk = models.CharField(max_length=32, blank=True, default="")
    moved_at = models.DateTimeField(null=True)
    hashed = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    part = models.CharField(max_length=160, blank=True, default="")
    position = models.BigIntegerField(default=0)
    compared = models.BigIntegerField(default=0)
    differences = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    tree_detail = models.TextField(blank=True, default="")
    finished_at = models.DateTimeField(null=True)
    finished_size = models.BigIntegerField(default=0)
    finished_compared = models.BigIntegerField(default=0)
    finished_differences = models.BigIntegerField(default=0)
    finished_begun_at = models.DateTimeField(null=True)
    finished_for = models.CharField(max_length=128, blank=True, default="")

    class Meta:
        """There is one row, number 1."""

        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="trail_scrub_state_single")]
