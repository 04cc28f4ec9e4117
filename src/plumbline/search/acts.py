"""What somebody wants to do, said in a few words: *new risk for Claims Triage*, *approve POL-0003*.

An act is a proposal that leads to the form or to the panel of the step; nothing is done by asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, steps
from plumbline.records import queries as records
from plumbline.records.kinds import REFERENCE, Kind
from plumbline.records.search_index import folding
from plumbline.records.search_index import queries as index

_NEW = re.compile(r"(?:new|create|add)\s+(?P<kind>.+?)(?:\s+(?:for|in|of|to)\s+(?P<about>.+))?", re.I)
_STEP = re.compile(rf"(?P<step>.*?)\s*\b(?P<reference>{REFERENCE})", re.I)
_MOST, _LETTERS = 4, 200


@dataclass(frozen=True)
class NewRecord:
    """A form for a new record of ``kind``; ``values`` are filled in, ``about`` is the title they name."""

    kind: Kind
    values: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Step:
    """A step that a record may take now, and that the reader may take with it."""

    reference: str
    title: str
    label: str
    name: str


def acts(actor: Actor, text: str) -> tuple[NewRecord | Step, ...]:
    """What ``text`` may ask for of what ``actor`` may do."""
    text = text.strip()[:_LETTERS]
    if found := _NEW.fullmatch(text):
        return tuple(_new(actor, found["kind"], found["about"] or ""))[:_MOST]
    if found := _STEP.fullmatch(text):
        return tuple(_steps(actor, found["step"], found["reference"].upper()))
    return ()


def _new(actor: Actor, kind_words: str, about: str) -> Iterator[NewRecord]:
    wanted = folding.terms(kind_words)
    for kind in kinds.all_kinds():
        names = tuple(folding.words(f"{kind.name} {kind.names}"))
        if not wanted or not all(folding.stands_in(names, term) for term in wanted):
            continue
        if not policy.may(actor, "create", kind=kind.slug, anywhere=True):
            continue
        if about:
            yield from _about(actor, kind, about)
        yield NewRecord(kind)


def _about(actor: Actor, kind: Kind, about: str) -> Iterator[NewRecord]:
    """Forms in which the field that takes such a record has the ones that ``about`` may mean."""
    targets: dict[str, str] = {}
    for name in kind.own_fields:
        related = kind.field(name).related_model
        for other in kinds.all_kinds():
            if related is other.model:
                targets.setdefault(other.slug, name)
    if targets:
        for hit in index.search(actor, about, limit=_MOST):
            if hit.kind.slug in targets:
                yield NewRecord(kind, {targets[hit.kind.slug]: hit.reference}, hit.title)


def _steps(actor: Actor, step_words: str, reference: str) -> Iterator[Step]:
    with suppress(NotFound):
        record, kind = records.find(actor, reference)
        wanted = folding.terms(step_words)
        for step in steps.open_to(record, kind):
            names = tuple(folding.words(f"{step.label} {step.name}"))
            if not all(folding.stands_in(names, term) for term in wanted):
                continue
            verb, unit, owner = steps.permission(step), record.unit_id, record.owner_id
            may = policy.may(actor, verb, kind=kind.slug, unit_id=unit, owner_id=owner)
            if may and steps.four_eyes(actor, record, step):
                yield Step(record.reference, record.title, step.label, step.name)
