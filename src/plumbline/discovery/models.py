"""AI in use that nobody registered."""

from __future__ import annotations

from django.db import models


class Sighting(models.Model):
    """An AI system named by telemetry; nothing an unregistered system sends is lost.

    ``proposal`` is the trail entry by which one person proposed to set it aside; until another one has
    confirmed that, nothing is set aside.
    """

    slug = models.CharField(max_length=120, unique=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.PositiveBigIntegerField(default=0)
    sources = models.CharField(max_length=500, blank=True)
    dismissed_until = models.DateField(null=True)
    dismissed_reason = models.TextField(blank=True)
    dismissed_by = models.CharField(max_length=64, blank=True)
    proposal = models.PositiveBigIntegerField(null=True)
    proposed_until = models.DateField(null=True)
    proposed_reason = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-last_seen",)


class Cursor(models.Model):
    """How far the stage has read the trail."""

    name = models.CharField(max_length=20, primary_key=True)
    position = models.PositiveBigIntegerField(default=0)
