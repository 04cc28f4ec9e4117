"""Commit to a population, draw from it by a seed, say what was seen of an item. Each leaves a trail entry.

Nobody does any of it but the auditors: the team of an internal audit while it is under way and independent,
or who asked a request. The population is what the list shows the auditor at that moment; the seed comes
after a signed checkpoint covers it, so that the population was not chosen to suit it. That nobody tried seeds
on paper before naming one, no entry can show.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from plumbline.clauses.evaluation import audit_requests
from plumbline.clauses.independence import teams
from plumbline.identity import policy
from plumbline.identity import queries as people
from plumbline.identity.actors import Actor
from plumbline.kernel import clock, ids
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.messages import Ref, say
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotAllowed, NotFound, Unavailable
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import pack_request
from plumbline.reports.audit_samples import lines, queries
from plumbline.reports.audit_samples.models import SampleDraw, SampleMark, SamplePopulation
from plumbline.trail import log

ABOUT = ("audit", "audit-request")
"""Kinds of record that samples are drawn for."""
ASKED = ("asked", "answered", "not sufficient", "sufficient")
LARGEST_POPULATION = 100_000
LARGEST_SAMPLE = pack_request.LARGEST_SAMPLE
LONGEST_NOTE = 2_000


def auditing(actor: Actor, reference: str) -> Any:
    """The audit or request, if ``actor`` may draw for it now.

    Raises `NotFound`, `Invalid` for another kind of record, `NotAllowed` for whoever does not audit,
    `Conflict` when the audit is not under way or an auditor has a part in what is audited.
    """
    record, kind = records.find(actor, reference)
    if kind.slug not in ABOUT:
        fault = Fault("about", "is no audit and no audit request", "give a reference such as IAU-0001")
        raise Invalid("There is no such population.", [fault])
    audit = record if kind.slug == "audit" else record.audit  # type: ignore[attr-defined]
    may = teams.is_member(actor, audit) if audit is not None else audit_requests.asks(actor, record)
    if not may:
        raise NotAllowed(may.reason, permission="create")
    if kind.slug != "audit" and record.state not in ASKED:
        raise Conflict(say("sample.not-asked", "{request} is not asked.", request=Ref(record.reference)))
    if audit is not None:
        if audit.state != "under way":
            text = (
                "{audit} is not under way. Samples are drawn and marked between its beginning and its report."
            )
            raise Conflict(say("sample.not-under-way", text, audit=Ref(audit.reference)))
        if found := teams.faults(audit):
            raise Conflict(say("audit.team", "The team is not independent of what it audits."), found)
    return record


def commit(
    actor: Actor, about: str, *, of: str, only: str = "", wanted: int, seed: str = ""
) -> SamplePopulation:
    """Let the trail commit to the records of kind ``of`` that the list with the filter ``only`` shows.

    Raises as `auditing`, and `Invalid` for an unknown kind or filter, an empty or too large population, more
    wanted than there are, or a seed that comes before its population.
    """
    record = auditing(actor, about)
    if seed.strip():
        remedy = "leave it out; name it once the population is committed to"
        raise Invalid("There is no such population.", [Fault("seed", "comes too early", remedy)])
    if not kinds.exists(of):
        fault = Fault("of", "is no kind of record", "give the short name of one, such as risk")
        raise Invalid("There is no such population.", [fault])
    kind, now = kinds.get(of), clock.now()
    with transaction.atomic():
        found = queries.population(actor, kind, only)
        _check_size(len(found), wanted)
        text = lines.text_of(found)
        made = SamplePopulation(
            handle=ids.opaque("smp"), about=record.reference, of=kind.slug, only=only.strip(), wanted=wanted,
            size=len(found), digest=lines.digest(text), at=now, actor=actor.id, person_id=actor.person_id,
            whole=bool(policy.may_everywhere(actor, "read")),
        )  # fmt: skip
        made.leaf = log.append(
            "sample.committed",
            actor=actor.id,
            subject={"type": "audit-sample", "ref": made.handle},
            openings={queries.POPULATION: text, "only": made.only.encode()},
            requirements=("iso42001:9.2.2",),
            facts={"about": made.about, "of": made.of, "wanted": wanted, "size": made.size,
                   "sha256": made.digest, "whole": made.whole},
        ).index  # fmt: skip
        made.save()
    return made


def _check_size(size: int, wanted: int) -> None:
    if not size:
        fault = Fault("only", "leaves no record", "choose another kind or filter, or look at it as a result")
        raise Invalid("The population is empty: there is nothing to draw from.", [fault])
    if size > LARGEST_POPULATION:
        remedy = say("sample.narrow", "narrow it to {most} with a filter", most=LARGEST_POPULATION)
        raise Invalid("The population is too large.", [Fault("only", "leaves too many records", remedy)])
    most = min(size, LARGEST_SAMPLE)
    if not 1 <= wanted <= most:
        remedy = say("sample.at-most", "1 to {most}: there are {size}", most=most, size=size)
        raise Invalid("The sample cannot be drawn.", [Fault("wanted", "is out of range", remedy)])


def draw(actor: Actor, handle: str, seed: str, reason: str = "") -> SampleDraw:
    """Draw from a population by a seed. A later draw needs a reason, and both stand.

    Raises as `auditing`, `NotFound`, `Invalid` for an unusable seed or a missing reason, `Conflict` for a
    seed that has drawn already, `Unavailable` while the entry of the population is not signed.
    """
    row = queries.row_for(actor, handle)
    auditing(actor, row.about)
    text, why = pack_request.checked_seed(seed), _note("reason", reason)
    checkpoint = log.latest_checkpoint()
    if checkpoint is None or checkpoint.size <= row.leaf:
        raise Unavailable(
            "The entry that commits to the population is not signed yet. Ask again in a second."
        )
    with transaction.atomic():
        # Locked, so that two draws at once have two numbers and the second of them is asked why.
        SamplePopulation.objects.select_for_update().get(pk=row.pk)
        seeds = list(SampleDraw.objects.filter(population=row).values_list("seed", flat=True))
        if text in seeds:
            raise Conflict("This seed has drawn from this population already; it draws the same again.")
        if seeds and not why:
            fault = Fault("reason", "is missing", "say why it is drawn again: both draws stand")
            raise Invalid("This population was drawn from before.", [fault])
        made = SampleDraw(
            population=row, number=len(seeds) + 1, seed=text, reason=why if seeds else "", at=clock.now(),
            actor=actor.id, person_id=actor.person_id,
        )  # fmt: skip
        opening: dict[str, JSON] = {"frame": row.leaf, "seed": text}
        made.leaf = log.append(
            "sample.drawn",
            actor=actor.id,
            subject={"type": "audit-sample", "ref": row.handle},
            openings={"seed": canonical(opening), "reason": made.reason.encode()},
            requirements=("iso42001:9.2.2",),
            facts={"about": row.about, "population": row.leaf, "draw": made.number, "wanted": row.wanted},
        ).index
        made.save()
    return made


def mark(actor: Actor, handle: str, number: int, reference: str, mark: str, note: str = "") -> SampleMark:
    """Say what was seen of an item that draw ``number`` has drawn; an earlier mark stays in the trail.

    Raises as `auditing`, `NotFound` for what was not drawn, `NotAllowed` for a record of one's own, `Invalid`
    for an unknown mark or one without the note that it needs.
    """
    row = queries.row_for(actor, handle)
    auditing(actor, row.about)
    policy.require(actor, "read", kind=row.of, anywhere=True)
    drawn = SampleDraw.objects.filter(population=row, number=number).first()
    reference = reference.strip().upper()
    if drawn is None or reference not in _drawn(row, drawn):
        raise NotFound("This record was not drawn.")
    owner = queries.owner_of(reference)
    if owner is not None and actor.person_id in people.same_person([owner]):
        text = say("sample.own", "You own {record}. Somebody else has to look at it.", record=Ref(reference))
        raise NotAllowed(text, permission="amend")
    said = _note("note", note)
    faults = []
    if mark not in queries.MARKS:
        remedy = say("fault.one-of", "one of: {names}", names=", ".join(queries.MARKS))
        faults.append(Fault("mark", "is no mark", remedy))
    elif mark == queries.DIFFERS and not said:
        faults.append(Fault("note", "is missing", "say in which way it does not conform"))
    if faults:
        raise Invalid("Nothing was noted.", faults)
    made = SampleMark(
        draw=drawn, reference=reference, mark=mark, note=said, at=clock.now(), actor=actor.id,
        person_id=actor.person_id,
    )  # fmt: skip
    with transaction.atomic():
        made.leaf = log.append(
            "sample.marked",
            actor=actor.id,
            subject={"type": "audit-sample", "ref": row.handle},
            openings={"note": said.encode()},
            requirements=("iso42001:9.2.2",),
            facts={"about": row.about, "drawn": drawn.leaf, "record": reference, "mark": mark},
        ).index
        made.save()
    return made


def _drawn(row: SamplePopulation, drawn: SampleDraw) -> set[str]:
    found = lines.drawn(queries.text_of(row), drawn.seed, row.wanted)
    return {line.reference for _, line in found}


def _note(name: str, text: str) -> str:
    """A text as it was typed, without blanks around it. Raises `Invalid` for one that is too long or none."""
    said = text.replace("\r\n", "\n").strip()
    if len(said) > LONGEST_NOTE or not said.replace("\n", " ").isprintable():
        remedy = say("reports.up-to-printable-characters", "up to {longest} printable characters",
                     longest=LONGEST_NOTE)  # fmt: skip
        raise Invalid("Nothing was noted.", [Fault(name, "is too long or not text", remedy)])
    return said
