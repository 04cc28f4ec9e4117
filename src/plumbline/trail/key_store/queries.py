"""What the database says of the keys it needs."""

from __future__ import annotations

from plumbline.trail import models


def anything_encrypted() -> bool:
    """Whether any opening of an entry is encrypted."""
    return models.Opening.objects.exclude(key_id="").exists()
