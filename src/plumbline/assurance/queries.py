"""Predicted findings as somebody may know of them.

The rules look at everything, since a rule that sees half of the records would miss what the other half
answers. A finding is shown to whoever reads every record in it; of the others is said how many there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from plumbline import catalogs
from plumbline.assurance import engine, reading
from plumbline.assurance.declaration import Grade
from plumbline.assurance.engine import Failure, Found
from plumbline.assurance.snapshot import Row, Seen, Snapshot
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.roles import sensitive_kinds
from plumbline.kernel import clock
from plumbline.kernel.messages import Message, Ref, Word
from plumbline.kernel.messages import names as named_in
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import kinds, names, read_log

LONGEST = 160
"""Letters of a field that evidence repeats; whoever wants the rest opens the record."""
READS = "audit"
"""Whoever reads records of this kind reads what an audit would find."""


@dataclass(frozen=True)
class Evidence:
    """A record that shows a gap: what it is called, and what its fields say, each with its label."""

    reference: str
    title: str
    state: str
    says: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PredictedFinding:
    """What an auditor would write up: about which requirements, how grave, what is so, by which records, and
    what repairs it with the least work. ``text`` is what the rule looks for."""

    rule: str
    text: str
    requirements: tuple[str, ...]
    subjects: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    gap: Message
    grade: Grade
    repair: Word


@dataclass(frozen=True)
class Outcome:
    """The findings, the gravest first; how many are ``hidden`` since they name what the reader may not see;
    which rules ``failed``; and what was looked at: how many rules and records, as of which instant."""

    findings: tuple[PredictedFinding, ...]
    hidden: int
    failed: tuple[Failure, ...]
    rules: int
    records: int
    as_of: datetime

    def of(self, grade: str) -> tuple[PredictedFinding, ...]:
        """Those of one grade."""
        return tuple(one for one in self.findings if one.grade == grade)

    def about(self, requirement: str) -> Outcome:
        """Only those about a requirement (its id), or about what lies beneath it: ``iso42001:6`` has 6.1.2.

        Raises `Invalid` for what is none, since nothing would be found about that for ever.
        """
        known = {one.id for one in (*catalogs.controls(), *catalogs.subclauses())}
        if not any(_within(one, requirement) for one in known):
            remedy = "the id of a clause or control, such as iso42001:6.1.2 or iso42001:A.6"
            raise Invalid("The request was not done.", [Fault("requirement", "is no requirement", remedy)])
        kept = tuple(
            one for one in self.findings if any(_within(each, requirement) for each in one.requirements)
        )
        return replace(self, findings=kept)


def _within(requirement: str, wanted: str) -> bool:
    return requirement == wanted or requirement.startswith(f"{wanted}.")


def predicted(actor: Actor, as_of: datetime | None = None) -> Outcome:
    """What an auditor would write up now, or would have on the instant ``as_of`` by what was known then.

    Raises `NotAllowed` for whoever may not read audits. Ask inside `read_log.logged`: what is shown of
    records of a sensitive kind leaves an entry.
    """
    policy.require(actor, "read", kind=READS, anywhere=True)
    world = reading.snapshot(as_of)
    found, failed = engine.run(world)
    shown = _shown(actor, found)
    _note(actor, shown, world)
    return Outcome(
        findings=tuple(_finding(one, world) for one in shown),
        hidden=len(found) - len(shown),
        failed=tuple(failed),
        rules=len(engine.all_rules()),
        records=len(world.rows),
        as_of=as_of or clock.now(),
    )


def _shown(actor: Actor, found: list[Found]) -> list[Found]:
    if actor.is_stage:
        return found
    named = {one: {*one.subjects, *_references(one.gap)} for one in found}
    known = names.titles(actor, set().union(*named.values())) if named else {}
    return [one for one in found if named[one] <= known.keys()]


def _references(message: Message) -> set[str]:
    return {name.reference for name in named_in(message) if isinstance(name, Ref)}


def _note(actor: Actor, shown: list[Found], world: Snapshot) -> None:
    """Note for the trail what is shown of sensitive records, of each kind how many."""
    references = {reference for one in shown for reference in one.subjects}
    counted = Counter(row.kind for row in world.all(references))
    for slug in sorted(sensitive_kinds() & counted.keys()):
        read_log.of_list(actor, kinds.get(slug), counted[slug])


def _finding(one: Found, world: Snapshot) -> PredictedFinding:
    return PredictedFinding(
        rule=one.rule.id,
        text=one.rule.text,
        requirements=one.rule.requirements,
        subjects=one.subjects,
        evidence=tuple(
            _evidence(seen, row, world) for seen in one.seen if (row := world.get(seen.reference))
        ),
        gap=one.gap,
        grade=one.grade,
        repair=one.repair,
    )


def _evidence(seen: Seen, row: Row, world: Snapshot) -> Evidence:
    kind = kinds.get(row.kind)
    says = (
        (str(kind.field(name).verbose_name), _plain(_value(row, name), world))
        for name in seen.fields
        if name in kind.field_names
    )
    return Evidence(row.reference, row.title, row.state, tuple(says))


def _value(row: Row, name: str) -> Any:
    return {"owner": row.owner, "title": row.title, "unit": row.unit}.get(name, row.values.get(name))


def _plain(value: Any, world: Snapshot) -> str:
    if isinstance(value, (tuple, list)):
        return ", ".join(_plain(one, world) for one in value)
    if isinstance(value, Mapping):
        return ""
    text = world.name(value) if isinstance(value, str) else str("" if value is None else value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
