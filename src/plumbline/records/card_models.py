"""What lists are read from: one narrow row per record, all of it in every index.

A kind's columns lie in a table of its own, beside the base table; a list that filters by one and sorts by
the other would have to join all rows of both before it knew the first twenty-five. A card holds what lists
search, filter and sort by, and each index on it begins with a sort and goes on with everything else, so
that any list is read in its order off one index, never sorted and never joined. The door writes a card
with its record (`plumbline.records.cards.commands`); it can be made anew from the record at any time.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from plumbline.records.models import Record

FILTERS, SORTS = 8, 8
"""Places that a kind has for what its lists filter by, and for what they sort by besides title and time."""
TITLE_BYTES, SORT_LETTERS, FILTER_LETTERS = 1_200, 80, 48
"""How much of each a card holds; an entry of a PostgreSQL index may have 2,704 bytes in all."""
_HELD = ("reference", "state", "unit", "owner", *(f"filter_{place}" for place in range(1, FILTERS + 1)))


def _filter() -> models.CharField[str | None, str | None]:
    return models.CharField(max_length=FILTER_LETTERS, null=True)


def _sort() -> models.CharField[str | None, str | None]:
    return models.CharField(max_length=SORT_LETTERS, null=True)


class IndexCard(models.Model):
    """The card of one record. ``title`` and the sorts are folded, so that capitals do not count."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=24)
    title = models.CharField(max_length=TITLE_BYTES)
    state = models.CharField(max_length=24)
    unit = models.ForeignKey(
        "identity.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    updated_at = models.DateTimeField()
    filter_1, filter_2, filter_3, filter_4 = _filter(), _filter(), _filter(), _filter()
    filter_5, filter_6, filter_7, filter_8 = _filter(), _filter(), _filter(), _filter()
    sort_1, sort_2, sort_3, sort_4 = _sort(), _sort(), _sort(), _sort()
    sort_5, sort_6, sort_7, sort_8 = _sort(), _sort(), _sort(), _sort()

    class Meta:
        indexes = [
            models.Index(fields=("kind", "record", *_HELD, "title"), name="card_newest"),
            models.Index(fields=("kind", "title", "record", *_HELD), name="card_title"),
            models.Index(fields=("kind", "updated_at", "record", *_HELD, "title"), name="card_changed"),
            models.Index(fields=("kind", "sort_1", "record", *_HELD, "title"), name="card_sort_1"),
            models.Index(fields=("kind", "sort_2", "record", *_HELD, "title"), name="card_sort_2"),
            models.Index(fields=("kind", "sort_3", "record", *_HELD, "title"), name="card_sort_3"),
            models.Index(fields=("kind", "sort_4", "record", *_HELD, "title"), name="card_sort_4"),
            models.Index(fields=("kind", "sort_5", "record", *_HELD, "title"), name="card_sort_5"),
            models.Index(fields=("kind", "sort_6", "record", *_HELD, "title"), name="card_sort_6"),
            models.Index(fields=("kind", "sort_7", "record", *_HELD, "title"), name="card_sort_7"),
            models.Index(fields=("kind", "sort_8", "record", *_HELD, "title"), name="card_sort_8"),
        ]


class CardShape(models.Model):
    """Which of a kind's fields its cards hold where; those of another shape are made anew at a start."""

    kind = models.CharField(max_length=40, primary_key=True)
    digest = models.CharField(max_length=64)
