"""What pages, API and command line read of samples: populations, draws, and what was noted of each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.db.models import F

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, listing, say
from plumbline.kernel.problems import Fault, Invalid, NotFound, Unavailable
from plumbline.records import kinds, names, read_log
from plumbline.records import queries as records
from plumbline.records.kinds import Kind
from plumbline.records.list_index import queries as list_index
from plumbline.records.models import Record, Revision
from plumbline.reports.audit_samples import lines
from plumbline.reports.audit_samples.lines import Line
from plumbline.reports.audit_samples.models import SampleDraw, SampleMark, SamplePopulation
from plumbline.trail import log
from plumbline.trail.commitments import queries as commitments

POPULATION = "population"
"""Slot of the lines in the entry that commits to them."""
CONFORMS, DIFFERS, SEEN = "conforms", "differs", "seen"
MARKS = (CONFORMS, DIFFERS, SEEN)
"""What an auditor can say of an item: that it conforms, that it does not, or that it was looked at."""
OPEN = "open"
"""Among the counts: what nobody has looked at."""
NAMED = 20
"""References of items that do not conform which a text of evidence names."""
LONGEST_FILTER = 500
IGNORED = frozenset({"sort", "page", "columns", "density"})
"""What the address of a list may say besides: it chooses no records."""


@dataclass(frozen=True)
class Item:
    """A drawn record: its place, its line, the newest mark, and what became of it since the population."""

    place: int
    line: Line
    title: str
    mark: str
    note: str
    by: str
    at: datetime | None
    became: str
    """``changed``, ``erased`` (its revision of then), ``gone`` (it cannot be seen any more), or nothing."""


@dataclass(frozen=True)
class Draw:
    """One draw with its items, in the order of their ranks."""

    row: Any
    by: str
    items: tuple[Item, ...]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many items have each mark, and how many are `OPEN`."""
        counted = Counter(item.mark or OPEN for item in self.items)
        return {mark: counted[mark] for mark in (*MARKS, OPEN)}

    @property
    def differing(self) -> tuple[str, ...]:
        """References of the items that do not conform."""
        return tuple(item.line.reference for item in self.items if item.mark == DIFFERS)


@dataclass(frozen=True)
class Sample:
    """A population with its draws, for somebody who may see the records in it."""

    row: Any
    kind: Kind
    by: str
    draws: tuple[Draw, ...] = ()
    repeated: int = 0
    """How many populations of the same kind and filter the same audit has committed to."""
    is_readable: bool = True

    def evidence(self, draw: Draw) -> Message:
        """What a finding says of a draw: what was drawn of how many, by which entries, and what was seen."""
        counts, others = draw.counts, len(self.draws) - 1
        text = say(
            "sample.evidence",
            "Sample {sample}: {drawn} of {size} ({kinds}), population in entry {committed}, seed {seed} in "
            "entry {entry}. Conform: {good}. Do not conform: {bad}. Looked at without a judgement: {looked}. "
            "Not looked at: {rest}.",
            sample=self.row.handle, drawn=len(draw.items), size=self.row.size, kinds=self.kind.names,
            committed=self.row.leaf, seed=draw.row.seed, entry=draw.row.leaf, good=counts[CONFORMS],
            bad=counts[DIFFERS], looked=counts[SEEN], rest=counts[OPEN],
        )  # fmt: skip
        if draw.differing:
            named = listing([Ref(reference) for reference in draw.differing], shown=NAMED)
            differs = "{evidence} These do not conform: {records}."
            text = say("sample.evidence-differs", differs, evidence=text, records=named)
        if not others:
            return text
        again = "{evidence} It was drawn {times} times, under another seed each."
        return say("sample.evidence-again", again, evidence=text, times=others + 1)


def filters_of(only: str) -> dict[str, str]:
    """The filter of a list as it stands in its address, whole or only what follows the question mark.

    Raises `Invalid` for one that is too long, repeats itself, or is no text.
    """
    text = only.strip().rpartition("?")[2]
    pairs = parse_qsl(text, keep_blank_values=False) if text else []
    found = {name: value.strip() for name, value in pairs if name not in IGNORED}
    bad = (
        len(text) > LONGEST_FILTER
        or len({name for name, _ in pairs}) < len(pairs)
        or not all(part.isprintable() for pair in pairs for part in pair)
        or bool(text and not pairs)
        or not all(name.isascii() and name.isidentifier() for name in found)
    )
    if bad:
        remedy = "write it as the address of the list has it, such as state=closed&owner=per_0f3a"
        raise Invalid("There is no such population.", [Fault("only", "is no filter", remedy)])
    return found


def population(actor: Actor, kind: Kind, only: str) -> list[Line]:
    """The records of ``kind`` that a list shows ``actor``, each at its present revision, oldest first.

    Three queries, however many there are. Raises `NotAllowed`, or `Invalid` for a filter that the list does
    not have.
    """
    wanted = filters_of(only)
    search, where = wanted.pop("q", ""), wanted.pop("where", "")
    found = list_index.select(actor, kind, filters=wanted, search=search, where=where).rows
    revisions = Revision.objects.filter(
        record_id__in=found.order_by().values("pk"), number=F("record__revision")
    )
    rows = list(revisions.order_by("record_id").values_list("record__reference", "number", "leaf"))
    hashes = commitments.leaf_hashes([leaf for _, _, leaf in rows])
    read_log.of_list(actor, kind, len(rows))
    return [Line(reference, number, leaf, hashes[leaf].hex()) for reference, number, leaf in rows]


def text_of(row: SamplePopulation) -> bytes:
    """The lines of a population, as the trail committed to them. Raises `Unavailable` when they are lost."""
    body = log.opening(row.leaf, POPULATION)
    if body is None or lines.digest(body) != row.digest:
        raise Unavailable("The lines of this population cannot be read, or are not those of its entry.")
    return body


def row_for(actor: Actor, handle: str) -> SamplePopulation:
    """The population with this handle. Raises `NotFound` also where ``actor`` may not see its audit."""
    row = SamplePopulation.objects.select_related("person").filter(handle=handle).first()
    if row is None or row.about not in names.titles(actor, [row.about]):
        raise NotFound("There is no sample with this id that you may see.")
    return row


def population_text(actor: Actor, handle: str) -> tuple[SamplePopulation, bytes]:
    """A population with its lines, as a file. Raises `NotFound`, or `NotAllowed` for a kind not read."""
    row = row_for(actor, handle)
    kind = kinds.get(row.of)
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    read_log.of_list(actor, kind, row.size)
    return row, text_of(row)


def sample(actor: Actor, handle: str) -> Sample:
    """One sample with its draws. Raises `NotFound`, or `NotAllowed` for a kind that is not read."""
    row = row_for(actor, handle)
    kind = kinds.get(row.of)
    policy.require(actor, "read", kind=kind.slug, anywhere=True)
    draws = list(SampleDraw.objects.select_related("person").filter(population=row).order_by("number"))
    text = text_of(row)
    drawn = {draw.pk: lines.drawn(text, draw.seed, row.wanted) for draw in draws}
    items = _items(actor, kind, [line for found in drawn.values() for _, line in found])
    marks = _marks(draws)
    same = SamplePopulation.objects.filter(about=row.about, of=row.of, only=row.only).count()
    shown = tuple(
        Draw(draw, who(draw), tuple(_item(place, line, items, marks.get((draw.pk, line.reference)))
                                    for place, line in drawn[draw.pk]))
        for draw in draws
    )  # fmt: skip
    return Sample(row, kind, who(row), shown, same)


def who(row: Any) -> str:
    """Who did what a row says, by name."""
    return row.person.full_name if row.person is not None else str(row.actor).removeprefix("stage:")


def _marks(draws: Sequence[SampleDraw]) -> dict[tuple[int, str], SampleMark]:
    """The newest mark of each item, by draw and reference."""
    rows = SampleMark.objects.select_related("person").filter(draw__in=[draw.pk for draw in draws])
    return {(row.draw_id, row.reference): row for row in rows.order_by("pk")}


@dataclass(frozen=True)
class _Present:
    """What drawn records are today: title and revision by reference, and entries that are erased."""

    titles: dict[str, str]
    revisions: dict[str, int]
    erased: frozenset[int]


def _items(actor: Actor, kind: Kind, drawn: Sequence[Line]) -> _Present:
    references = {line.reference for line in drawn}
    rows = records.readable(actor, [kind.slug]).filter(reference__in=references)
    found = list(rows.values_list("reference", "title", "revision"))
    read_log.of_list(actor, kind, len(found))
    states = log.read_openings({line.entry for line in drawn}, "revision")
    erased = frozenset(entry for entry, state in states.items() if isinstance(state, log.Erased))
    return _Present(
        {reference: title for reference, title, _ in found},
        {reference: revision for reference, _, revision in found},
        erased,
    )


def _item(place: int, line: Line, present: _Present, mark: SampleMark | None) -> Item:
    now = present.revisions.get(line.reference)
    became = "gone" if now is None else "erased" if line.entry in present.erased else ""
    if not became and now != line.revision:
        became = "changed"
    title = present.titles.get(line.reference, "")
    if mark is None:
        return Item(place, line, title, "", "", "", None, became)
    return Item(place, line, title, mark.mark, mark.note, who(mark), mark.at, became)


def samples_about(actor: Actor, reference: str) -> list[Sample]:
    """The samples of an audit or audit request, oldest first, with their draws; the items of a kind that the
    reader does not read are left out. Raises `NotFound` where ``actor`` may not see it."""
    record, _ = records.find(actor, reference)
    rows = SamplePopulation.objects.select_related("person").filter(about=record.reference)
    return [_short(actor, row) for row in rows.order_by("pk")]


def _short(actor: Actor, row: SamplePopulation) -> Sample:
    if policy.may(actor, "read", kind=row.of, anywhere=True):
        return sample(actor, row.handle)
    return Sample(row, kinds.get(row.of), who(row), is_readable=False)


@dataclass(frozen=True)
class Summary:
    """A sample in one line: how often it was drawn, and how many items have each mark."""

    row: Any
    kind: Kind
    draws: int
    counts: dict[str, int]


def summaries(reference: str) -> list[Summary]:
    """The samples about a record that the reader has, oldest first, in three queries."""
    rows = list(SamplePopulation.objects.filter(about=reference).order_by("pk"))
    draws = list(SampleDraw.objects.filter(population__in=[row.pk for row in rows])) if rows else []
    newest: dict[tuple[int, str], str] = {}
    for draw, item, mark in (
        SampleMark.objects.filter(draw__in=[draw.pk for draw in draws])
        .order_by("pk")
        .values_list("draw_id", "reference", "mark")
        if draws
        else ()
    ):
        newest[draw, item] = mark
    found = []
    for row in rows:
        own = {draw.pk for draw in draws if draw.population_id == row.pk}
        marked = Counter(mark for (draw, _), mark in newest.items() if draw in own)
        counts = {mark: marked[mark] for mark in MARKS} | {OPEN: len(own) * row.wanted - marked.total()}
        found.append(Summary(row, kinds.get(row.of), len(own), counts))
    return found


def owner_of(reference: str) -> int | None:
    """The primary key of the owner of a record, if it has one."""
    return Record.objects.filter(reference=reference).values_list("owner_id", flat=True).first()
