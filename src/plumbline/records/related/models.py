"""The table of links between records."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.prepared.querysets import NotedRows


class StandingLinks(NotedRows["Link"]):
    """The links that stand: those of an import that was withdrawn were taken back."""

    def get_queryset(self) -> models.QuerySet[Link]:
        """Without those that were taken back."""
        return super().get_queryset().filter(ended_leaf=None)


class Link(models.Model):
    """A named relation from one record to another.

    One that was taken back stays as a row, with the entry ``ended_leaf`` that says so: what was linked at an
    instant can be asked later.
    """

    objects = StandingLinks()
    every = NotedRows["Link"]()

    source = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey("records.Record", on_delete=models.PROTECT, related_name="links_in")
    relation = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=64)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    leaf = models.PositiveBigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_leaf = models.PositiveBigIntegerField(null=True)

    class Meta:
        app_label = "records"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("source", "target", "relation"),
                condition=models.Q(ended_leaf=None),
                name="link_once",
            )
        ]
