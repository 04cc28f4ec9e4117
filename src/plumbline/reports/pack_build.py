"""Building a pack from a request: collect, draw the sample, add the documents, write, sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from django.conf import settings

from plumbline.controls import posture, requirement_posture
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import redact, say
from plumbline.kernel.problems import Conflict, NotAllowed
from plumbline.reports import applicability, applicability_export, queries, risk_register, sampling, stated
from plumbline.reports.applicability import Row, Statement
from plumbline.reports.disclosure import Disclosure, Scope, gather
from plumbline.reports.pack_request import PackRequest
from plumbline.reports.pack_scope import about_systems, disclosable, system_references
from plumbline.reports.population import DECISIONS, DOCUMENT, Population
from plumbline.trail import keys, log, packfile
from plumbline.trail.packfile import PackSummary
from plumbline_verify import verify

PREPARING = "Committing to documents and population"
WRITING = "Writing and signing"
SAMPLE = "sample.json"
SEED = "seed"
PREFIX = "document:"
"""Slot of the entry ``pack.prepared`` in which a document is committed to, with the document's name."""


@dataclass
class Build:
    """A pack being built in two rounds, and what has come out once one of them is done.

    The first round collects, works out the documents and the population of the sample, and leaves them as
    ``openings`` for the trail to commit to; the second, once there is an entry for them, writes the file.
    """

    request: PackRequest
    actor: Actor
    out: Path
    since: int = 0
    step: str = "Reading entries"
    total: int = 1
    disclosure: Disclosure | None = None
    openings: dict[str, bytes] = field(default_factory=dict)
    summary: PackSummary | None = None

    def steps(self) -> Iterator[int]:
        """Do the work piece by piece; yields how much of ``total`` is done."""
        data, request = settings.PLUMBLINE.data, self.request
        self.total = request.stop - request.start + 1
        scope, disclosure = (
            scope_of(request, self.actor),
            Disclosure(population=Population(request.sample_of)),
        )
        yield from gather(scope, data, disclosure)
        self.step = PREPARING if request.prepared is None else WRITING
        yield request.stop - request.start
        if request.prepared is None:
            made = documents(request, self.actor, scope, disclosure)
            self.openings = {f"{PREFIX}{name}": content for name, content in made.items()}
        else:
            self._write(request.prepared, disclosure, data)
        self.disclosure = disclosure
        yield self.total

    def _write(self, prepared: int, disclosure: Disclosure, data: Path) -> None:
        request, named = self.request, committed_documents(prepared)
        disclosure.openings |= {(prepared, f"{PREFIX}{name}") for name in named}
        disclosure.openings |= _rested_on(named)
        if request.drawn is not None:
            named[SAMPLE] = _sample(request, disclosure, data)
            disclosure.openings.add((request.drawn, SEED))
        self.summary = packfile.build_pack(
            self.out,
            scope=_scope_as_dict(request),
            start=request.start,
            stop=request.stop,
            openings=sorted(disclosure.openings),
            segments=disclosure.commitments,
            events=disclosure.events,
            lost_events=disclosure.lost_events,
            members=_members(disclosure, named),
            prepared=prepared,
            recipient=request.recipient,
            purpose=request.purpose,
            expires=clock.day_end(request.expires).replace(microsecond=0),
            since=log.checkpoint_at(self.since) if self.since else None,
        )
        require_verified(self.out)


def require_verified(file: Path) -> None:
    """Raise `Conflict` unless the pack verifies: nothing is handed out that its recipient would refuse.

    The verifier compares what the documents say with what the entries commit to, so a database that somebody
    has edited by hand gives no pack.
    """
    check = verify.Check(verify.contents(str(file)), keys.vkey())
    if check.run() == 0:
        return
    wrong = [(step, text) for step, (word, text) in check.results.items() if word == "FAIL"]
    step, text = wrong[0]
    raise Conflict(
        say(
            "pack.not-verified",
            "The pack does not verify, so it is not handed out. {step}: {text}. Run plumbline trail scrub.",
            step=step.capitalize(),
            text=text,
        )
    )


def committed_documents(prepared: int) -> dict[str, bytes]:
    """The documents that an entry commits to, by name. Raises `Conflict` if one of them is gone."""
    slots = [slot for slot in log.leaf(prepared).slots if slot.startswith(PREFIX)]
    named = {slot.removeprefix(PREFIX): log.opening(prepared, slot) for slot in slots}
    found = {name: content for name, content in named.items() if content is not None}
    if len(found) < len(named):
        raise Conflict("A document of this pack is gone since it was committed to. Make a new pack.")
    return found


def _rested_on(named: Mapping[str, bytes]) -> set[tuple[int, str]]:
    """The revisions that the rows of documents name."""
    rows = [row for name, content in named.items() for row in verify.table(name, content)]
    return {(int(row["entry"]), "revision") for row in rows if row.get("entry") and "reference" in row}


def _openable(scope: Scope, revisions: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The entries of those revisions that the pack may open and can."""
    entries = queries.revision_entries(
        (reference, number) for reference, number in revisions if reference in scope.records
    )
    readable = log.openings_at(entries.values(), "revision")
    return {revision: entry for revision, entry in entries.items() if entry in readable}


def _sample(request: PackRequest, disclosure: Disclosure, data: Path) -> bytes:
    """The sample that the seed draws, as a document. Raises `Conflict` if the population is another now."""
    assert request.prepared is not None
    population = disclosure.population
    fixed = log.opening(request.prepared, f"{PREFIX}{DOCUMENT}")
    if fixed != population.document(request.start, request.stop, request.sample_size):
        raise Conflict(
            "Since the population was fixed, something in it was erased or is no longer yours to disclose. "
            "Make a new pack."
        )
    drawn: list[JSON] = [*disclosure.sample(request.seed, request.sample_size, data)]
    left_out: dict[str, JSON] = {**population.left_out}
    about: dict[str, JSON] = {"left_out": left_out, "of": population.of, "size": population.size}
    return canonical(
        {
            "method": sampling.METHOD,
            "frame": request.prepared,
            "seed": request.drawn,
            "seed_text": request.seed,
            "wanted": request.sample_size,
            "population": about,
            "drawn": drawn,
        }
    )


def scope_of(request: PackRequest, actor: Actor) -> Scope:
    """What the pack may disclose: what its author may see, narrowed to what the request is about."""
    # Always from the author's own view: asking for a system must not disclose what its page would hide.
    records = disclosable(actor)
    if request.systems:
        records &= about_systems(system_references(request.systems).values())
    return Scope(
        request.start,
        request.stop,
        frozenset(records),
        frozenset(request.requirements),
        frozenset(request.systems) if request.systems else None,
    )


def _scope_as_dict(request: PackRequest) -> dict[str, JSON]:
    return {
        "requirements": list(request.requirements) or "all",
        "systems": list(request.systems) or "all",
        "sample": {"of": request.sample_of, "size": request.sample_size, "seed": request.seed},
    }


def _members(disclosure: Disclosure, named: Mapping[str, bytes]) -> dict[str, bytes]:
    attached = {f"attachments/{digest}": content for digest, content in disclosure.attachments.items()}
    return {**attached, **{f"documents/{name}": content for name, content in named.items()}}


def documents(request: PackRequest, actor: Actor, scope: Scope, disclosure: Disclosure) -> dict[str, bytes]:
    """The documents of a pack by name, which the trail commits to before the pack is written."""
    population = disclosure.population.document(request.start, request.stop, request.sample_size)
    rows = [redact_posture(row, scope) for row in posture.posture(actor) if _asked(row.id, scope)]
    states: dict[str, JSON] = {
        "as_of": rfc3339(clock.now()),
        "requirements": [requirement_posture.as_dict(row) for row in rows],
    }
    members = {DOCUMENT: population} if request.sample_size else {}
    members["posture.json"] = canonical(states)
    register = risk_register.register(scope, clock.now(), partial(_openable, scope))
    if register is not None:
        members["risks.json"] = canonical(register)
        members["risks.csv"] = "".join(risk_register.csv_text(register)).encode()
    try:
        statement = applicability.statement(actor)
    except NotAllowed:
        statement = None
    if statement is not None:
        within = _redact_statement(statement, scope)
        entries = _openable(scope, [(row.reference, row.revision) for row in within.all_rows])
        members["applicability.csv"] = "".join(applicability_export.pack_csv_text(within, entries)).encode()
    if words := stated.csv_text(scope):
        members[stated.DOCUMENT] = words.encode()
    names = sorted([*members, *([SAMPLE] if request.sample_size else [])])
    members["CONTENTS.txt"] = _contents(request, disclosure, names).encode()
    return members


def _asked(requirement: str, scope: Scope) -> bool:
    return not scope.requirements or requirement in scope.requirements


def redact_posture(row: RequirementPosture, scope: Scope) -> RequirementPosture:
    """The posture without reasons about what is out of scope; states are the organization's and stay."""
    ours = {"", ORGANIZATION}
    kept = (reason for reason in row.reasons if reason.subject in ours or scope.covers(reason.subject))
    return replace(row, reasons=tuple(_redact_reason(reason, scope) for reason in kept))


def _redact_reason(reason: Reason, scope: Scope) -> Reason:
    """What a check says of more than one system, with names out of scope counted instead."""
    if scope.subjects is None or not reason.check or reason.record:
        return reason
    if reason.subject not in {"", ORGANIZATION}:
        return reason
    return replace(reason, message=redact(reason.message, scope.may_name, "scope"))


def _redact_statement(whole: Statement, scope: Scope) -> Statement:
    """The statement's rows for the requirements asked for, naming only records that may be disclosed."""

    def redact_row(row: Row) -> Row:
        risks, systems, documents = (
            tuple(reference for reference in references if reference in scope.records)
            for references in (row.risks, row.systems, row.documents)
        )
        # A finding names treatments and risks too, of other systems as well.
        findings = tuple(
            replace(finding, message=redact(finding.message, scope.may_name, "scope"))
            for finding in row.findings
        )
        return replace(row, risks=risks, systems=systems, documents=documents, findings=findings)

    rows = tuple(redact_row(row) for row in whole.rows if _asked(row.control, scope))
    own = () if scope.requirements else tuple(redact_row(row) for row in whole.own)
    return replace(whole, rows=rows, own=own)


_CONTENTS = """What is in this pack

Entries {start} to {last} of the trail, with every envelope. Of what lies behind the envelopes:

  {revisions} revisions of records, with reasons, links and {files} attached files
  {results} results of checks, each provable as event:<place> of the run it was judged in
  {sampled}

Requirements: {requirements}
AI systems: {systems}

Not disclosed: records of sensitive kinds, records that the author of the pack may not see, comments, and
the content of every event that was not drawn. Their commitments are here, and the manifest says how many
there are.
{lost}
documents/ holds views that were derived from the records when the pack was prepared: {names}.
An entry of the trail commits to them. Each row that rests on a revision names its entry, and the verifier
compares them; what a row says beyond that, such as what is measured, it names as not checked. The opened
revisions prove what was written of a risk; its level today, in risks.csv and risks.json, follows from how its
controls read when the pack was prepared.

What this does not prove: that the content is true; that everything that happened was recorded; that the
statement of applicability is adequate; that a sample stands for the whole; that any requirement is met.
"""


def _contents(request: PackRequest, disclosure: Disclosure, names: list[str]) -> str:
    lost = (
        f"\nAttached files that are gone or damaged: {len(disclosure.lost_files)}.\n"
        if disclosure.lost_files
        else ""
    )
    return _CONTENTS.format(
        start=request.start,
        last=request.stop - 1,
        revisions=disclosure.revisions,
        files=len(disclosure.attachments),
        results=disclosure.results,
        sampled=_sampled(request, disclosure),
        requirements=", ".join(request.requirements) or "all",
        systems=", ".join(request.systems) or "all",
        lost=lost,
        names=", ".join(names),
    )


def _sampled(request: PackRequest, disclosure: Disclosure) -> str:
    population = disclosure.population
    if not request.sample_size:
        return "no sample"
    count = min(request.sample_size, population.size)
    what = "decisions" if population.of == DECISIONS else f"records of the kind {population.of}"
    return f"{count} of {population.size} {what}, drawn as documents/{SAMPLE} says"
