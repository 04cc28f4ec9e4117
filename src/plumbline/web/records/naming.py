"""What kinds and fields are called on pages, in the reader's language."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext

from plumbline.records.kinds import Kind
from plumbline.web.frame import Crumb


def capitalized(text: str) -> str:
    """``text`` in the reader's language with a capital first letter."""
    words = gettext(text) if text else ""
    return words[:1].upper() + words[1:]


def list_crumb(kind: Kind) -> Crumb:
    """The step of the breadcrumb that leads to all records of ``kind``."""
    return Crumb(capitalized(kind.names), reverse("record-list", args=[kind.plural]))
