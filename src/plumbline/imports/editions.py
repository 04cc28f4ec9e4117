"""A register that comes again: entries whose key has changed, and entries that are no longer in the file.

Two files are editions of one register when their maps give it the same name, or, where neither has a name,
when they have the same columns and become the same kind of record. Nothing here writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from plumbline.identity.actors import Actor
from plumbline.imports import queries
from plumbline.imports.doubles import words_of
from plumbline.imports.judging import PlannedRow
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.reading import Sheet
from plumbline.imports.rows import MappedRow
from plumbline.records.kinds import Kind


@dataclass(frozen=True)
class Earlier:
    """The records that earlier editions of a register made or changed, and that the reader may see, by
    reference with their titles; none that is over."""

    titles: dict[str, str]


def earlier(actor: Actor, kind: Kind, sheet: Sheet, register: RegisterMap) -> Earlier:
    """What earlier editions of the register brought."""
    references = queries.of_register(kind, register.register, sheet.columns)
    if not references:
        return Earlier({})
    known = queries.titles(actor, kind)
    return Earlier({reference: known[reference] for reference in references if reference in known})


def renamed(rows: Sequence[MappedRow], known: Earlier, keyed: dict[str, str]) -> dict[str, str]:
    """References of the records that rows are about although their key is new, by that key.

    ``keyed`` are the references that rows have by their key. A row is the record whose title it alone has,
    where no other row has its key: an entry whose key is a digest of its columns gets another key with every
    word that is corrected in them.
    """
    left = set(known.titles) - set(keyed.values())
    if not left:
        return {}
    here = Counter(words_of(known.titles[reference]) for reference in left)
    by_title = {words_of(known.titles[reference]): reference for reference in left}
    new = [row for row in rows if row.key and not row.skipped and not row.repeats and row.key not in keyed]
    titles = [(row.key, words_of(str(row.values.get("title") or ""))) for row in new]
    times = Counter(title for _, title in titles)
    return {
        key: by_title[title]
        for key, title in titles
        if title and times[title] == 1 and here[title] == 1 and title in by_title
    }


def no_longer_there(
    kind: Kind, sheet: Sheet, register: RegisterMap, rows: Sequence[PlannedRow], known: Earlier
) -> list[str]:
    """References of the records that an earlier edition brought and no row of this one is about, but for
    those that somebody has kept before."""
    there = {row.reference for row in rows if row.reference}
    gone = [reference for reference in known.titles if reference not in there]
    kept = queries.kept_of_register(kind, register.register, sheet.columns, gone)
    return [reference for reference in gone if reference not in kept]
