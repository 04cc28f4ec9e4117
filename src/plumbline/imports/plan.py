"""What an import would do with every row. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

from plumbline.identity.actors import Actor
from plumbline.imports import (
    doubles,
    editions,
    later,
    mapping,
    matching,
    queries,
    reading,
    summary,
    targets,
)
from plumbline.imports.directory import plan as directory_plan
from plumbline.imports.directory.declarations import Directory, Target
from plumbline.imports.editions import Earlier
from plumbline.imports.judging import PlannedRow, judged
from plumbline.imports.lookup import Lookup, types_of
from plumbline.imports.mapping import RegisterMap
from plumbline.imports.notices import RowFault
from plumbline.imports.reading import Sheet
from plumbline.imports.rows import column_orders, mapped_rows
from plumbline.imports.suggested import suggestion
from plumbline.imports.summary import Summary
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Fault, Invalid, TooLarge
from plumbline.records import forms
from plumbline.records.kinds import Kind
from plumbline.records.qualified.queries import homes

OUTCOMES = ("create", "amend", "unchanged", "repeat", "skip", "faulty")
_BATCH = 500


@dataclass(frozen=True)
class ImportPlan:
    """A file, its map, what would happen to each of its rows, and what is said of them together."""

    kind: Target
    content: bytes
    map_text: str
    sheet: Sheet
    register: RegisterMap
    rows: tuple[PlannedRow, ...]
    summary: Summary = field(default_factory=Summary)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows have each outcome; every outcome is named, and they add up to the rows."""
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in OUTCOMES}


def read_file(kind: Target, content: bytes, map_text: str) -> tuple[Sheet, RegisterMap]:
    """The file and its map, checked against each other. Raises `Malformed` or `Invalid`."""
    register = mapping.parse(map_text)
    if register.kind != kind.slug:
        raise Invalid(
            "The map is not for this kind of record.",
            [
                Fault(
                    "kind",
                    say("imports.is-not", "is not {slug}", slug=kind.slug),
                    "pick the kind that the map names, or change the map",
                )
            ],
        )
    sheet = reading.read(content, register.options)
    mapping.check(register, sheet, tuple(matching.fields(kind)))
    return sheet, register


def check_size(size: int) -> None:
    """Raise `TooLarge` for a file over the upload limit."""
    limit = settings.PLUMBLINE.upload_limit
    if size > limit:
        raise TooLarge(
            "The file was not taken.",
            [Fault("file", say("fault.over-bytes", "is over {limit} bytes", limit=limit), "split it")],
        )


def plan_file(actor: Actor, kind_slug: str, content: bytes, mapping_text: str) -> ImportPlan:
    """What importing ``content`` through the map ``mapping_text`` (YAML) would do.

    An empty ``kind_slug`` means the kind that the map names. Without a map the file has to be an export of
    Plumbline, whose header says what every column is (`own_format`), or of a published format (`suggested`).

    Raises `NotAllowed` without the permission to import records of the kind, `Malformed` and `Invalid` for a
    file or map that cannot be used.
    """
    check_size(len(content))
    kind = targets.get(kind_slug or mapping.parse(mapping_text).kind)
    mapping_text = mapping_text or suggestion.map_of(kind, content)
    targets.require_importing(actor, kind)
    sheet, register = read_file(kind, content, mapping_text)
    if isinstance(kind, Directory):
        found = tuple(directory_plan.planned(actor, kind, register, list(mapped_rows(sheet, register))))
        account = summary.of(kind, sheet, register, found, summary.Findings())
        return ImportPlan(kind, content, mapping_text, sheet, register, found, account)
    known = editions.earlier(actor, kind, sheet, register)
    rows = tuple(_planned(actor, kind, sheet, register, known))
    told = summary.Findings(
        tuple(doubles.likely(actor, kind, rows)),
        column_orders(sheet, register, types_of(kind)),
        tuple(editions.no_longer_there(kind, sheet, register, rows, known)),
    )
    whole = summary.of(kind, sheet, register, rows, told)
    return ImportPlan(kind, content, mapping_text, sheet, register, rows, whole)


def _planned(
    actor: Actor, kind: Kind, sheet: Sheet, register: RegisterMap, known: Earlier
) -> Iterator[PlannedRow]:
    made = list(mapped_rows(sheet, register, types_of(kind)))
    new_records, known_homes, lookup = forms.FormBatch(kind, actor), homes(), Lookup(actor, kind, register)
    again = editions.renamed(made, known, queries.references_of(kind, made)) if known.titles else {}
    in_file = later.InFile(actor, kind, register, made)
    for start in range(0, len(made), _BATCH):
        batch = made[start : start + _BATCH]
        waiting = {}
        for row in batch:
            if not (row.skipped or row.repeats):
                waiting[row.line] = in_file.set_aside(row)
                lookup.resolve(row)
        present = queries.present(actor, kind, [row for row in batch if row.key and not row.skipped], again)
        new_records.expect([row.values for row in batch if row.key not in present])
        for row in batch:
            found = present.get(row.key)
            if found is not None and row.key in again:
                row.notices.append(_by_title(register, found.record.reference))
            links = in_file.links(row, found.record if found is not None and found.seen else None)
            planned = judged(actor, kind, register, row, found, new_records, known_homes)
            yield later.with_waiting(planned, later.Waiting(waiting.get(row.line, {}), links))


def _by_title(register: RegisterMap, reference: str) -> RowFault:
    message = say(
        "imports.by-title",
        "has a new key; taken as {reference} by its title, which no other row and no other record has",
        reference=Ref(reference),
    )
    return RowFault(", ".join(register.key), "", message, "", "", "guessed")
