"""One row for each stage of the flow: who advances it now, and how its last turn went."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """The right to advance a stage, taken by a conditional update and valid for a short time.

    ``last_turn`` is renewed with the lease, so an old one means that no pump is running. ``last_success``
    is the last turn or renewal without a failure, ``failing_since`` the first failure after it, and
    ``error_class`` the kind of the last error: its text may name what is confidential and is shown nowhere.
    """

    stage = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)
    last_turn = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    failures = models.PositiveIntegerField(default=0)
    last_success = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    error_class = models.CharField(max_length=80, blank=True, default="")
