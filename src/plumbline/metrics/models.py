"""Points (one measure, one subject, one hour), the references that drift is measured against, and the cursor.

All of it can be thrown away and made again from the evidence store. Only this room's stage writes here.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

import numpy as np
from django.db import models

from plumbline.metrics.declare import Tally

SUMS = tuple(field.name for field in fields(Tally) if field.name != "bins")
"""The figures of a tally that a point keeps in columns and that add up; `Tally` declares them."""


FOREVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a reference holds that was taken before that was kept."""


class Point(models.Model):
    """What one metric counted for one system (and feature) in one hour.

    A point that changes is written anew and gets a higher ``id``, so that whoever reads points can ask
    for the new ones. ``bins`` are little-endian 32-bit counts.
    """

    metric = models.CharField(max_length=60)
    system = models.CharField(max_length=80)
    group = models.CharField(max_length=100, blank=True, default="")
    hour = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=0)
    total = models.FloatField(default=0.0)
    numerator = models.FloatField(default=0.0)
    denominator = models.FloatField(default=0.0)
    bins = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("system", "metric", "hour", "group"), name="point_once"),
        ]

    @property
    def tally(self) -> Tally:
        """The point as a tally."""
        return Tally(**{name: getattr(self, name) for name in SUMS}, bins=unpack(self.bins))


class Reference(models.Model):
    """The declared reference of one feature of one system: bin edges and how many values each bin has.

    A feature whose values are text has ``categories`` (a list in JSON) in place of edges; its last bin holds
    what is none of them.
    ``point`` is the number of the newest point when it was taken; newer points inside the period make
    it be taken again, and then it gets a higher ``id``. ``since`` is when its period was first taken: it
    judges the windows that begin from then on, and the one before it those that began earlier. ``until`` is
    the last instant at which the record that declares it is in date: a window that begins later is compared
    with nothing until the record is reviewed.
    """

    system = models.CharField(max_length=80)
    feature = models.CharField(max_length=100)
    start = models.DateTimeField()
    end = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    edges = models.BinaryField()
    bins = models.BinaryField()
    categories = models.BinaryField(default=b"")
    point = models.PositiveBigIntegerField()
    since = models.DateTimeField(default=FOREVER)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("system", "feature", "since"), name="reference_once")]

    @property
    def category_names(self) -> tuple[str, ...]:
        """The categories that are told apart; none for a feature of numbers."""
        return tuple(json.loads(bytes(self.categories))) if self.categories else ()

    @property
    def inner_edges(self) -> tuple[float, ...]:
        """The inner bin edges."""
        return tuple(float(edge) for edge in np.frombuffer(bytes(self.edges), dtype="<f8"))

    @property
    def counts(self) -> tuple[int, ...]:
        """How many values of the reference fell in each bin."""
        return unpack(self.bins)


class Counted(models.Model):
    """A numbered run of events that arrived from one source, and how many numbers are missing before it."""

    source = models.CharField(max_length=80)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    system = models.CharField(max_length=80)
    hour = models.DateTimeField()
    received = models.PositiveBigIntegerField()
    missing = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "first"), name="counted_once")]
        indexes = [models.Index(fields=("system", "hour"), name="counted_hour")]


class Cursor(models.Model):
    """How far the rollup has read one of its sources: everything up to ``leaf`` is in the points."""

    name = models.CharField(max_length=20, primary_key=True)
    leaf = models.BigIntegerField(default=-1)


def pack(bins: tuple[int, ...]) -> bytes:
    """Counts as the bytes of `Point.bins`."""
    return np.array(bins, dtype="<u4").tobytes()


def unpack(raw: bytes | memoryview) -> tuple[int, ...]:
    """The counts that `pack` made bytes of."""
    return tuple(int(count) for count in np.frombuffer(bytes(raw), dtype="<u4"))
