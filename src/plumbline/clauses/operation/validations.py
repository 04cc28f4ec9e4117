"""Clause 8, Operation: validation of a release against limits that were set before (A.6.2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from plumbline.clauses import deciding, fields, gates
from plumbline.clauses.fields import parent_link
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import VALIDATED
from plumbline.identity.actors import Actor
from plumbline.kernel import acceptance_lines as lines
from plumbline.kernel import clock, release_parts
from plumbline.kernel.messages import Word, listing, say
from plumbline.kernel.problems import Fault
from plumbline.records.gates import GateResult, OnTaking
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
SET = ("system", "release", "type", "depends_on", "limits", "method", "data")
"""What stays as it was once the limits are set."""


class Validation(Record):
    """A test of one release of an AI system, a red team or a look at bias: against limits that were set
    before anybody had results. Whether it passed follows from both, and nobody types it."""

    record_ptr = parent_link()

    system = fields.system("The system that is validated.", "validations", required=True)
    release = fields.reference(
        "clauses.Release", "release", "The release that is validated.", "validations", required=True
    )
    type = fields.choice("type", "What sort of validation it is.", CHOICES, 16, required=True)
    depends_on = fields.many(
        "its result depends on", "Parts of the release. None: all. If one changes, it is validated anew.",
        CHOICES,
    )  # fmt: skip
    method = fields.text("method", "What is done, with which tools, by whom.", required=True)
    data = fields.text(
        "data", "Which cases, how many, from where; none that it was made with.", required=True
    )
    limits = fields.text(
        "limits",
        "A line for each, beginning with the requirement that it is for, such as "
        "R1 share as an expert >= 0.95. Set before there are results.",
        required=True,
    )
    measured_on = fields.day("measured on", "Day of the results.", done=True)
    results = fields.text("results", "A line for each limit, such as R1 share as an expert = 0.97.")
    findings = fields.text("what was seen", "Where it was weak, for whom, and what follows.")
    evidence = fields.text("where the results are", "Report, run or folder, with its digest if it has one.")
    content = fields.snapshot("what was tested", "Digest of the parts, and the day on which limits were set.")
    verdict = models.CharField(
        "verdict",
        max_length=16,
        editable=False,
        default=lines.OPEN,
        choices=CHOICES["verdict"],
        help_text="Follows from limits and results.",
    )

    class Meta:
        verbose_name = "validation"
        verbose_name_plural = "validations"

    def clean(self) -> None:
        """Limits and results read as such; the verdict follows from them."""
        if self.state in ("", VALIDATED.initial):
            self.content = {}
        self.verdict = _verdict(self.content, self.limits, self.results)
        with FieldErrors(self) as errors:
            if self.release is not None and self.release.system_id != self.system_id:
                errors.add("release", "other", "This is a release of another system.")
            if self.limits and not lines.limits(self.limits):
                text = (
                    "Write a line for each limit, once: a name, <= or >=, and a figure with its unit if any."
                )
                errors.add("limits", "form", text)
            if self.results and lines.results(self.results) is None:
                text = "Write a line for each result, once: the name of its limit, = and the figure."
                errors.add("results", "form", text)


def _verdict(content: Mapping[str, Any], limits: str, results: str) -> str:
    """What limits and results come to; nothing while the limits are not set."""
    return lines.verdict(limits, results) if content else lines.OPEN


def nothing_is_measured(actor: Actor, record: Record, reason: str) -> None:
    """Limits are set before there are results; those that came along, by an import say, prove nothing."""
    assert isinstance(record, Validation)
    if record.results:
        remedy = "take them out, set the limits, and measure again"
        gates.refuse(record, [Fault("results", "are there before the limits are set", remedy)])


def release_is_there(actor: Actor, record: Record, reason: str) -> None:
    """Limits are set for a release whose parts are frozen."""
    assert isinstance(record, Validation)
    if record.release is not None and not record.release.content:
        remedy = "ask for review of the release first, which freezes what it is made of"
        gates.refuse(record, [Fault("release", "is still a draft", remedy)])


def note_what_is_tested(actor: Actor, record: Record, reason: str) -> GateResult:
    """Keep the digest of the parts that are tested, and the day on which the limits were set."""
    assert isinstance(record, Validation)
    record.content = {"parts": _parts(record), "limits set": clock.today().isoformat()}
    record.save(update_fields=["content"])
    note = say("validation.limits-set", "Limits set for {digest}.", digest=record.content["parts"])
    return GateResult(str(note), {"tested": {"sha256": record.content["parts"]}})


def _parts(record: Validation) -> str:
    depends = tuple(record.depends_on) or release_parts.PARTS
    return release_parts.digest(record.release.content, depends)


def results_are_whole(actor: Actor, record: Record, reason: str) -> None:
    """Each limit has a result in its unit, measured on a day no earlier than that of the limits, of the parts
    that were frozen then."""
    assert isinstance(record, Validation)
    if not record.content:
        gates.refuse(record, [Fault("limits", "were not set before", "set the limits first, then measure")])
    faults = gates.empty(
        record, measured_on="give the day of the results", evidence="say where the results are kept"
    )
    missing = lines.missing(record.limits, record.results)
    if missing:
        names = listing([Word(name) for name in missing])
        text = say("validation.missing", "have none, or another unit, for {names}", names=names)
        faults.append(Fault("results", text, "give the figure of each limit in its unit"))
    if record.measured_on is not None and record.measured_on.isoformat() < record.content["limits set"]:
        remedy = "measure again: limits that follow results prove nothing"
        faults.append(Fault("measured_on", "lies before the day on which the limits were set", remedy))
    if record.content["parts"] != _parts(record):
        faults.append(Fault("release", "was made of something else when limits were set", "plan another one"))
    gates.refuse(record, faults)


def what_was_set_stays(
    actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Nobody moves a limit once it is set."""
    if record.state == VALIDATED.initial:
        return
    text = say("validation.set", "stays as it was when the limits were set")
    changed = [name for name in SET if before[name] != after[name]]
    gates.refuse(record, [Fault(name, text, "plan another validation") for name in changed])


VALIDATION = Kind(
    model=Validation,
    prefix="VLD",
    slug="validation",
    access="systems",
    clause="8",
    place=22,
    requirements=("iso42001:A.6.2.4", "nist-ai-rmf:MEASURE 2.3"),
    titles={
        "system": "What is validated",
        "method": "How",
        "limits": "Limits",
        "measured_on": "Results",
        "content": "What was tested",
    },
    columns=("system", "release", "type", "measured_on", "verdict"),
    filters=("system", "release", "type", "verdict"),
    workflow=VALIDATED,
    icon="gauge",
    menu=Menu("Do", 24),
    gates={
        "set-limits": (nothing_is_measured, release_is_there, OnTaking(note_what_is_tested)),
        "measure": (results_are_whole,),
        "confirm": (results_are_whole,),
    },
    step_texts={"results": lambda record: lines.awaited(record.limits)},
    step_fields={"measure": ("measured_on", "results", "findings", "evidence")},
    amend_gates=(what_was_set_stays,),
    deciders={"confirm": deciding.has_no_part},
    derived={"verdict": lambda values: _verdict(values["content"], values["limits"], values["results"])},
    hubs=(
        HubSection(
            "release", "Validation", 20, columns=("type", "measured_on", "verdict"), adds="Validate it"
        ),
        HubSection("system", "Validation", 56, columns=("release", "type", "verdict")),
    ),
    example=EXAMPLE,
)
