"""Building a pack from a request: collect, draw the sample, add the documents, write, sign."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from plumbline.controls import posture, requirement_posture
from plumbline.controls.requirement_posture import Reason, RequirementPosture
from plumbline.controls.verdicts import ORGANIZATION
from plumbline.identity.actors import Actor
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON, canonical
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.messages import redact
from plumbline.kernel.problems import NotAllowed
from plumbline.reports import applicability, applicability_export, risk_register, sampling
from plumbline.reports.applicability import Row, Statement
from plumbline.reports.disclosure import Disclosure, Scope, gather
from plumbline.reports.pack_request import PackRequest
from plumbline.reports.pack_scope import about_systems, disclosable, system_references
from plumbline.trail import log, packfile
from plumbline.trail.packfile import PackSummary

WRITING = "Writing and signing"


@dataclass
class Build:
    """A pack being built: the steps to go through, and what has come out once they are done."""

    request: PackRequest
    actor: Actor
    out: Path
    since: int = 0
    step: str = "Reading entries"
    total: int = 1
    disclosure: Disclosure | None = None
    summary: PackSummary | None = None

    def steps(self) -> Iterator[int]:
        """Do the work piece by piece; yields how much of ``total`` is done."""
        data, request = settings.PLUMBLINE.data, self.request
        self.total = request.stop - request.start + 1
        scope, disclosure = scope_of(request, self.actor), Disclosure()
        yield from gather(scope, data, disclosure)
        self.step = WRITING
        yield request.stop - request.start
        sample = disclosure.sample(request.seed, request.sample_size, data)
        self.summary = packfile.build_pack(
            self.out,
            scope=_scope_as_dict(request),
            start=request.start,
            stop=request.stop,
            openings=sorted(disclosure.openings),
            segments=disclosure.commitments,
            events=disclosure.events,
            lost_events=disclosure.lost_events,
            members=_members(disclosure, documents(request, self.actor, scope, disclosure, sample)),
            recipient=request.recipient,
            purpose=request.purpose,
            expires=clock.day_end(request.expires).replace(microsecond=0),
            since=log.checkpoint_at(self.since) if self.since else None,
        )
        self.disclosure = disclosure
        yield self.total


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
        "sample": {"size": request.sample_size, "seed": request.seed},
    }


def _members(disclosure: Disclosure, named: Mapping[str, bytes]) -> dict[str, bytes]:
    attached = {f"attachments/{digest}": content for digest, content in disclosure.attachments.items()}
    return {**attached, **{f"documents/{name}": content for name, content in named.items()}}


def documents(
    request: PackRequest, actor: Actor, scope: Scope, disclosure: Disclosure, sample: Mapping[str, Any]
) -> dict[str, bytes]:
    """The documents of a pack by name; only the pack's signature covers them."""
    population = sampling.listed(disclosure.population)
    drawn = dict(sample)
    drawn["population"] = {**sample["population"], "sha256": hashlib.sha256(population).hexdigest()}
    rows = [redact_posture(row, scope) for row in posture.posture(actor) if _asked(row.id, scope)]
    members = {
        "sample.json": canonical(drawn),
        "population.csv": population,
        "posture.json": canonical(
            {
                "as_of": rfc3339(clock.now()),
                "requirements": [requirement_posture.as_dict(row) for row in rows],
            }
        ),
    }
    register = risk_register.register(scope, clock.now())
    if register is not None:
        members["risks.json"] = canonical(register)
        members["risks.csv"] = "".join(risk_register.csv_text(register)).encode()
    try:
        statement = applicability.statement(actor)
    except NotAllowed:
        statement = None
    if statement is not None:
        within = _redact_statement(statement, scope)
        members["applicability.csv"] = "".join(applicability_export.csv_text(within)).encode()
    members["CONTENTS.txt"] = _contents(request, disclosure, sorted(members)).encode()
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
  {sampled} of {population} decisions, drawn as documents/sample.json says

Requirements: {requirements}
AI systems: {systems}

Not disclosed: records of sensitive kinds, records that the author of the pack may not see, comments, and
the content of every event that was not drawn. Their commitments are here, and the manifest says how many
there are.
{lost}
documents/ holds views that were derived from the records when the pack was made: {names}.
The signature of the pack covers them; the trail does not. The opened revisions prove what was written of a
risk; its level today, in risks.csv and risks.json, follows from how its controls read when the pack was made.

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
        sampled=min(request.sample_size, len(disclosure.population)),
        population=len(disclosure.population),
        requirements=", ".join(request.requirements) or "all",
        systems=", ".join(request.systems) or "all",
        lost=lost,
        names=", ".join(names),
    )
