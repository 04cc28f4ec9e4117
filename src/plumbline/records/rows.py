"""Rows of records as doors name them in annotations: what queries hand out and templates show.

Doors import no models, so that nobody reaches for a manager there; here are the types alone.
"""

from plumbline.records.models import Approval, Attachment, Comment, Record
from plumbline.records.related.models import Link

__all__ = ["Approval", "Attachment", "Comment", "Link", "Record"]
