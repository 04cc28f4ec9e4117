"""How each anchor is doing: when it is tried next, how often it failed, and whether it contradicts us."""

from __future__ import annotations

from django.db import models

from plumbline.wording.fields import MessageTextField


class AnchorState(models.Model):
    """One target of one anchor. What it has given is in the trail (`trail.models.AnchorReceipt`)."""

    anchor = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    known_size = models.BigIntegerField(default=0, help_text="How many entries it is thought to know.")
    due_at = models.DateTimeField(help_text="Not to be tried before this time.")
    attempts = models.PositiveIntegerField(default=0, help_text="Failures in a row.")
    failing_since = models.DateTimeField(null=True)
    error = MessageTextField(blank=True, help_text="Why the last attempt failed.")
    contradicted_at = models.DateTimeField(null=True)
    contradiction = MessageTextField(blank=True, help_text="In what it contradicts the trail.")

    class Meta:
        """One row for each target."""

        constraints = [models.UniqueConstraint(fields=["anchor", "name"], name="anchors_state_of")]
