"""The map of the newest import of a file with the same columns. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from plumbline.identity.actors import Actor
from plumbline.imports import mapping, reading, targets
from plumbline.imports.directory.declarations import Target
from plumbline.imports.models import ImportJob
from plumbline.imports.reading import fold
from plumbline.imports.stated.queries import CONFIRMED
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, Malformed, TooLarge

_LOOKED_AT = 50
"""Imports of a kind, the newest first, among which one is looked for."""
_READINGS = 4
"""Ways to read a file that are tried for a header that another import had."""


@dataclass(frozen=True)
class Remembered:
    """The map of an earlier import, with its file and when it was confirmed."""

    map_text: str
    file_name: str
    at: datetime | None


def signature(columns: Sequence[str]) -> frozenset[str]:
    """What two files have in common whose columns are called alike, in whatever order."""
    return frozenset(fold(name) for name in columns)


def of_columns(actor: Actor, kind: Target, columns: Sequence[str]) -> Remembered | None:
    """The newest confirmed import of a file with these columns into ``kind``, whoever made it.

    A map says how columns are called and read, and nothing of any record; it is shown to whoever may import
    the kind.
    """
    if not columns or not targets.may_import(actor, kind):
        return None
    wanted = signature(columns)
    for job in _jobs(kind):
        if signature(json.loads(job.columns)) == wanted:
            return Remembered(job.map_text, job.file_name, job.confirmed_at)
    return None


def _jobs(kind: Target) -> Sequence[ImportJob]:
    found = ImportJob.objects.filter(kind=kind.slug, state__in=CONFIRMED, withdrawn_at__isnull=True)
    return list(found.exclude(map_text="").exclude(columns="").order_by("-id")[:_LOOKED_AT])


def of_file(actor: Actor, kind: Target, content: bytes) -> Remembered:
    """As `of_columns` for a file, which is also read as earlier ones were. Raises `Invalid` for none."""
    tried = [reading.READ_AS_FOUND]
    for job in _jobs(kind):
        options = mapping.parse(job.map_text).options
        if options not in tried:
            tried.append(options)
    for options in tried[:_READINGS]:
        try:
            columns = reading.read(content, options).columns
        except (Malformed, TooLarge):
            if options == reading.READ_AS_FOUND:
                raise
            continue
        if found := of_columns(actor, kind, columns):
            return found
    message = say("imports.none-before", "is the first of its kind: no import had these columns")
    raise Invalid("There is no map to use again.", [Fault("again", message, "send a map")])
