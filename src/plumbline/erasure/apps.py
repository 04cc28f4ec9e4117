"""The erasure room as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ErasureConfig(AppConfig):
    """Requests for erasure, legal holds and retention periods."""

    name = "plumbline.erasure"
