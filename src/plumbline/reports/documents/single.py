"""The document of one record of any kind, from its declaration: an impact assessment, a policy, a review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from plumbline.clauses import checklists, whys
from plumbline.clauses.checklists import ChecklistField
from plumbline.clauses.questionnaires import queries as questionnaires
from plumbline.clauses.whys import WhysField
from plumbline.documents.model import Block, Document, Fact, Facts, Paragraph, Section, Table
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.records import values as plain_values
from plumbline.records.kinds import Kind
from plumbline.reports import queries, review
from plumbline.reports.documents import prose, scored
from plumbline.reports.documents.frame import document, instant, word
from plumbline.reports.documents.value_words import (
    Names,
    is_markdown,
    is_reference,
    label_of,
    mentioned,
    value_text,
)
from plumbline.reports.review_data import message_of
from plumbline.wording import render

RECORD = "record"
_SHORT = 90
"""Letters up to which an answer stands beside its label; a longer one stands below it."""


def record(actor: Actor, reference: str, at: datetime | None) -> Document:
    """The record as a document, in the order of its page. Raises `NotFound`, `NotAllowed`."""
    kind = kinds.of_reference(reference)
    policy.require(actor, "export", kind=kind.slug, anywhere=True)
    found, _ = records.find(actor, reference)
    shot = plain_values.snapshot(found, kind) if at is None else records.as_of(actor, found.reference, at)
    values: Mapping[str, Any] = shot["values"]
    named = Names(actor, mentioned(values))
    approvals = queries.newest_approvals(kind.slug, at or found.updated_at)
    approval = approvals.get(found.reference)
    # The approval itself moves the record on by a revision: what says whether it holds is the state.
    holds = shot["state"] in kind.workflow.approved
    facts = (
        (gettext("Kind"), gettext(kind.name)),
        (gettext("Reference"), found.reference),
        (gettext("Revision"), str(shot["revision"])),
        (gettext("State"), word(shot["state"])),
        (gettext("Owner"), named.people.get(values.get("owner") or "", "")),
        (gettext("Effective from"), values.get("effective_from") or ""),
        (gettext("Approved by"), f"{approval.by}, {instant(approval.at)}" if approval and holds else ""),
        (gettext("Entry of the approval"), f"{approval.leaf:,}" if approval and holds else ""),
    )
    sections = list(_sections(kind, values, named))
    if kind.slug == questionnaires.KIND:
        sections += scored.sections(found, values, at)
    if kind.slug == review.KIND:
        sections += _inputs(values.get("inputs") or {}, named)
    return document(
        kind.slug, values["title"], at, facts, sections,
        about=found.reference, rests_on=[(found.reference, shot["revision"])],
    )  # fmt: skip


def _sections(kind: Kind, values: Mapping[str, Any], named: Names) -> Iterator[Section]:
    """The sections of the form: what is short as a list, then each text under a heading."""
    for section in kind.sections:
        short: list[Fact] = []
        long: list[Section] = []
        for name in section.fields:
            text = "" if name == "inputs" else value_text(kind, name, values.get(name), named)
            if not text:
                continue
            label = label_of(kind, name)
            if isinstance(kind.field(name), WhysField):
                long.append(Section(label, (_whys(text),), level=2))
            elif isinstance(kind.field(name), ChecklistField):
                long.append(Section(label, (_checklist(text),), level=2))
            elif is_markdown(kind, name):
                long += prose.sections(label, text)
            elif len(text) <= _SHORT and "\n" not in text:
                short.append(Fact(label, text))
            else:
                long.append(Section(label, (Paragraph(text),), level=2))
        title = gettext(section.title) if section.title else gettext("Content")
        if short or long:
            yield Section(title, (Facts(tuple(short)),) if short else ())
        yield from long


def _whys(text: str) -> Table:
    rows = tuple((str(number), row.question, row.answer) for number, row in enumerate(whys.parse(text), 1))
    return Table((gettext("No."), gettext("Question"), gettext("Answer")), rows, (1, 6, 8))


def _checklist(text: str) -> Table:
    """The lines of an audit's checklist with what each asks."""
    rows = tuple(
        (line.number, line.gist, gettext(checklists.RESULTS[line.result]), line.seen)
        for line in checklists.parse(text)
    )
    heads = (gettext("No."), gettext("Asked"), gettext("Result"), gettext("Looked at"))
    return Table(heads, rows, (2, 7, 3, 7))


def _inputs(frozen: Mapping[str, Any], named: Names) -> Iterator[Section]:
    """The frozen inputs of a management review, section by section; records only as far as they are seen."""
    for part in frozen.get("sections", ()):
        blocks: list[Block] = [Paragraph(_words(message_of(part, "said", "message")))]
        if part["figures"]:
            rows = tuple(_figure(figure) for figure in part["figures"])
            heads = (
                gettext("Figure"),
                gettext("Value"),
                gettext("Of"),
                gettext("Period before"),
                gettext("Base"),
            )
            blocks.append(Table(heads, rows, (8, 3, 3, 3, 8)))
        rows = tuple(
            (
                named.of(str(item["ref"])),
                word(item["state"]),
                _words(message_of(item, "note", "note_message")),
            )
            for item in part["items"]
            if not is_reference(str(item["ref"])) or item["ref"] in named.titles
        )
        if rows:
            blocks.append(Table((gettext("About"), gettext("State"), gettext("Remark")), rows, (8, 3, 10)))
        yield Section(gettext(part["title"]), tuple(blocks), level=2)


def _words(message: Message | None) -> str:
    return "" if message is None else render(message)


def _figure(figure: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = ("" if figure[name] is None else str(figure[name]) for name in ("value", "of", "before"))
    return (gettext(figure["label"]), *numbers, gettext(figure["base"]) if figure["base"] else "")
