"""Populations that audits draw from, the draws, and what auditors noted of what was drawn."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Act(models.Model):
    """What somebody did, when, and the entry of the trail that says so."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    leaf = models.PositiveBigIntegerField(unique=True)

    class Meta:
        abstract = True


class SamplePopulation(Act):
    """What a sample is drawn from. The lines themselves are an opening of the entry ``leaf``.

    ``about`` is the audit or the audit request, by reference; ``of`` the slug of the kind, ``only`` the
    filter of its list. ``digest`` is the SHA-256 of the lines; ``whole`` says that whoever committed to it
    sees all records of the kind, so that their reach left none out.
    """

    handle = models.CharField(max_length=40, unique=True)
    about = models.CharField(max_length=24, db_index=True)
    of = models.CharField(max_length=40)
    only = models.TextField(blank=True)
    wanted = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    whole = models.BooleanField()

    class Meta:
        ordering = ("id",)


class SampleDraw(Act):
    """One draw under one seed. What is drawn follows from the population, how many are wanted, and the seed.

    A later draw has a ``reason``; the earlier ones stand beside it.
    """

    population = models.ForeignKey(SamplePopulation, on_delete=models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    seed = models.CharField(max_length=128)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ("population", "number")
        constraints = [
            models.UniqueConstraint(fields=("population", "number"), name="sample_draw_once"),
            models.UniqueConstraint(fields=("population", "seed"), name="sample_seed_once"),
        ]


class SampleMark(Act):
    """What an auditor said of one drawn record; the newest counts, the earlier ones stay."""

    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="marks")
    reference = models.CharField(max_length=24)
    mark = models.CharField(max_length=16)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
