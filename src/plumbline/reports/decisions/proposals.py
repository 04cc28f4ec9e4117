"""What the records say for a control that nobody has decided: proposed to whoever decides, never decided.

A proposal rests on what is written of risks (the treatments that put a control in place) and of the context
(records of the kinds that a control is about, and documents that name it). It counts for nothing before a
person says that the control applies, and it never proposes to leave one out: that nothing is recorded is no
reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plumbline import catalogs
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Ref, Word, listing, say
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import findings, queries

_RISK, _PRACTICE = "risk treatment", "good practice"


@dataclass(frozen=True)
class Proposal:
    """Reasons for a control and a sentence to go with them; empty where the records say nothing."""

    reasons: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    sentences: tuple[Message, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.sentences)


def proposals(actor: Actor) -> Mapping[str, Proposal]:
    """A proposal for each control that the records which ``actor`` may see say something of, by its id."""
    treated, written = _treated(actor), _written(actor)
    counts, found = records.counts_by_kind(actor), {}
    for control in catalogs.controls():
        risks, sentences = treated.get(control.id, ((), []))
        documents = written.get(control.id, ())
        if documents:
            text = say(
                "proposal.written", "{documents} name it.", documents=listing(map(Ref, documents), shown=5)
            )
            sentences = [*sentences, text]
        recorded = _recorded(control.id, counts)
        sentences = [*sentences, *recorded]
        if sentences:
            reasons = (*((_RISK,) if risks else ()), *(() if risks else (_PRACTICE,)))
            found[control.id] = Proposal(reasons, risks, documents, tuple(sentences))
    return found


def _visible(actor: Actor, kind: str) -> list[Mapping[str, object]]:
    if not kinds.exists(kind):
        return []
    seen = queries.visible_references(actor, kind)
    return [row for row in records.claimed(kind) if row["reference"] in seen]


def _treated(actor: Actor) -> dict[str, tuple[tuple[str, ...], list[Message]]]:
    """By control: the risks whose treatment puts it in place, and the sentence that says so."""
    risks = queries.visible_references(actor, "risk") if kinds.exists("risk") else set()
    by_control: dict[str, tuple[list[str], list[str]]] = {}
    for row in _visible(actor, "treatment"):
        if row["state"] in findings.ENDED:
            continue
        for control in _names(row["controls"]):
            treatments, of = by_control.setdefault(control, ([], []))
            treatments.append(str(row["reference"]))
            of += [name for name in _names(row["risks"]) if name in risks]
    return {
        control: (tuple(dict.fromkeys(of)), [_treating(treatments, list(dict.fromkeys(of)))])
        for control, (treatments, of) in by_control.items()
    }


def _treating(treatments: list[str], risks: list[str]) -> Message:
    put = listing(map(Ref, treatments), shown=5)
    if not risks:
        return say("proposal.treated", "{treatments} put it in place.", treatments=put)
    text = "{treatments} put it in place against {risks}."
    return say("proposal.treated-risks", text, treatments=put, risks=listing(map(Ref, risks), shown=5))


def _written(actor: Actor) -> dict[str, tuple[str, ...]]:
    """By control: the documents that name it."""
    found: dict[str, list[str]] = {}
    for row in _visible(actor, "document"):
        for control in _names(row.get("requirements")):
            found.setdefault(control, []).append(str(row["reference"]))
    return {control: tuple(references) for control, references in found.items()}


def _recorded(control: str, counts: Mapping[str, int]) -> list[Message]:
    """How many records there are of each kind that the control is about."""
    return [
        say(
            "proposal.recorded", "{count} {kind} is recorded.", plural="{count} {kinds} are recorded.",
            count=counts[kind.slug], kind=Word(kind.name), kinds=Word(kind.names),
        )
        for kind in kinds.all_kinds()
        if control in kind.requirements and counts.get(kind.slug)
    ]  # fmt: skip


def _names(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else []
