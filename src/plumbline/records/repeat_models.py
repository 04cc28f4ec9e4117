"""Answers kept for requests that may come twice (HTTP header ``Idempotency-Key``)."""

from __future__ import annotations

from django.db import models


class Answered(models.Model):
    """A request that wrote something, by the key its sender gave it, with the answer it got."""

    key = models.CharField(max_length=64, primary_key=True, help_text="Digest of actor, address and key.")
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.TextField(default="{}")
    body = models.TextField(default="")
    at = models.DateTimeField(db_index=True)
