"""Search among 100,000 records: the best hits of every kind with the pieces of text that have the words.

The anchor is bare FTS5 (on PostgreSQL its own text search) over the same index in the same run: the ranked
first page of keys for the same words, without the question who may see what, without titles, counts and
pieces of text. The row shows the question that takes longest.

    python bench/search.py [--repetitions 15] [--postgresql]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import installation
import lists
import table
from table import Promise, Row, Scale

MOST_MS = 100.0
"""CPU time, which other work on the machine hardly changes."""
MANY = 100_000
ASKED = {
    "every record": "people decide",
    "one record": "0077777",
    "a hundredth": "number 77",
    "a phrase": '"claims system"',
    "nothing": "walrus",
}


def bare(text: str) -> Callable[[], object]:
    """The first keys of the index by their rank, asked of the database alone."""
    from django.db import connection

    from plumbline.records.models import RecordIndex
    from plumbline.records.search_index import folding
    from plumbline.records.search_index.engines import WORDS, engine

    rows = engine(connection).matching(RecordIndex.objects.all(), folding.terms(text), titles=False)
    assert WORDS in str(rows.query)

    def ask() -> object:
        return list(rows.order_by("-rank").values_list("record_id", "rank")[:25])

    return ask


def search_as(email: str, text: str) -> Callable[[], object]:
    """The whole search, as the doors ask it."""
    from plumbline.identity import queries as people
    from plumbline.identity.actors import actor_of_person
    from plumbline.search import queries

    return partial(queries.search, actor_of_person(people.person(email)), text)


def rows(scale: Scale) -> Iterator[Row]:
    """The slowest question of the manager, and of a reader of one unit."""
    records = scale.size(MANY)
    with installation.in_process(postgresql=scale.postgresql):
        lists.prepare()
        lists.fill(records)
        for who, email in (("", installation.EMAIL), (", a reader of one unit", lists.READER)):
            found = []
            for name, text in ASKED.items():
                here, anchor = table.compare(search_as(email, text), bare(text), scale.repetitions)
                found.append((here, anchor, name))
            here, anchor, name = max(found, key=lambda each: each[0].value)
            work = f"search among {records:,} records{who} ({name})"
            yield Row(work, "bare text search", here, anchor, Promise("cpu", MOST_MS))


if __name__ == "__main__":
    table.run(rows)
