"""Clause 9, Performance evaluation: internal audits, from the plan to the report (9.2.1, 9.2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model

from plumbline.clauses import checklists, choices, fields, gates, queries
from plumbline.clauses.checklists import ChecklistField
from plumbline.clauses.evaluation import audit_reports
from plumbline.clauses.fields import parent_link
from plumbline.clauses.independence import teams
from plumbline.clauses.kind_data import beside
from plumbline.clauses.validation import FieldErrors
from plumbline.clauses.workflows import AUDITED
from plumbline.identity.actors import Actor
from plumbline.identity.policy import Answer
from plumbline.kernel import clock
from plumbline.kernel.messages import Word, listing, say
from plumbline.kernel.problems import Fault, Invalid, NotAllowed
from plumbline.records.gates import OnTaking
from plumbline.records.kinds import HubSection, Kind, Menu
from plumbline.records.models import Record

CHOICES, EXAMPLE = beside(__file__)
RESULT = ("ended_on", "verdict", "summary", "conclusion", "not_covered", "reported_to", "told_others")
"""What the report says beyond the findings."""
WORK = ("checklist", "sampling", *RESULT)
"""What only the team writes."""
NARROWING = ("criteria", "systems", "scope", "period_from", "period_until", *teams.MEMBERS)
"""What changes, once an audit has begun, only with a reason that stands in the report."""


class Audit(Record):
    """An internal audit: what is audited against what and by whom, what was looked at line by line, and what
    came of it. Nobody is in its team who owns, approved or changed what it looks at."""

    record_ptr = parent_link()

    programme = fields.reference(
        "clauses.AuditProgramme", "programme", "The programme that it belongs to.", "audits", required=True
    )
    planned_from = fields.day("planned from", "First planned day.", required=True, ahead=36)
    due = fields.day("planned until", "Day by which it is reported.", required=True, ahead=36)
    objective = fields.text("objective", "What this audit is to find out.", required=True)
    criteria = fields.many(
        "criteria", "Requirements against which is audited.", choices.requirements, required=True
    )
    own_criteria = fields.text("own criteria", "Own rules, laws and contracts against which is audited.")
    scope = fields.text("scope", "Units, sites, processes and time that are looked at.", required=True)
    systems = fields.systems("AI systems that are looked at. Empty: the AIMS as a whole.", "audits")
    period_from = fields.day(
        "audited from", "First day of the time that is looked at; who did what since then cannot audit it.",
        required=True,
    )  # fmt: skip
    period_until = fields.day("audited until", "Last day of that time.", required=True)
    method = fields.text("method", "Records, samples, talks, observation; where and when.", required=True)
    lead = fields.person("lead", "Who leads the audit, and answers for its report.")
    auditor = fields.person("auditor", "Somebody else in the team.")
    second_auditor = fields.person("another auditor", "And another one.")
    others = fields.text("others in the team", "Without an account here: name, employer, independence.")
    changes = fields.text(
        "what changed since it began", "Of criteria, scope, period or team, and why; stands in the report."
    )
    checklist = ChecklistField(
        "checklist",
        blank=True,
        help_text="A line each. Number: met, partly, not met or not looked at: what was looked at.",
    )
    sampling = fields.text("samples", "Of what, how many of how many, drawn by which seed or rule.")
    began_on = fields.day("began on", "Day of the opening meeting.", done=True)
    ended_on = fields.day("ended on", "Day of the closing meeting.", done=True)
    verdict = fields.choice("verdict", "What the audit says of what it looked at.", CHOICES, 24)
    summary = fields.text("summary", "What was found, good and bad, for whoever reads nothing else.")
    conclusion = fields.text("conclusion", "How far the criteria are met, and whether it works.")
    not_covered = fields.text("not covered", "What was not looked at, doubts, and views that differ.")
    reported_to = fields.person("reported to", "The manager who confirms that the report came.")
    told_others = fields.text("who else was told", "Further managers: names, functions, days.")

    class Meta:
        verbose_name = "audit"
        verbose_name_plural = "audits"

    def clean(self) -> None:
        """Its days are in order, nobody is named twice, and its checklist has a line for each criterion."""
        self.checklist = checklists.completed(self.checklist, self.criteria)
        with FieldErrors(self) as errors:
            errors.not_before("due", "planned_from", "first planned day")
            errors.not_before("period_until", "period_from", "first day that is looked at")
            errors.not_before("ended_on", "began_on", "day on which it began")
            named = list(teams.members(self).values())
            if len(set(named)) < len(named):
                errors.add("auditor", "twice", "Somebody stands in the team twice. Name each once.")
            if self.reported_to_id is not None and self.reported_to_id in named:
                errors.add("reported_to", "team", "The team does not report to itself. Name a manager.")


def new_team_is_independent(actor: Actor, record: Record, many: Mapping[str, Sequence[Model]]) -> None:
    """Nobody is put into a team who has a part in what it audits (9.2.2)."""
    found = teams.faults(record, many.get("systems", ()))
    if found:
        raise Invalid(say("audit.team", "The team is not independent of what it audits."), found)


def team_is_independent(actor: Actor, record: Record, reason: str) -> None:
    """Nobody goes on with an audit in whose scope there is something that is theirs by now (9.2.2)."""
    assert isinstance(record, Audit)
    gates.refuse(record, [*gates.empty(record, lead="name the lead"), *teams.faults(record)])


def programme_is_in_force(actor: Actor, record: Record, reason: str) -> None:
    """An audit begins under an approved programme whose time it lies in."""
    assert isinstance(record, Audit)
    rows = {row["reference"]: row for row in queries.in_force_if_any("audit-programme")}
    programme = record.programme
    row, today = rows.get(programme.reference if programme is not None else ""), clock.today().isoformat()
    if row is None:
        gates.refuse(record, [Fault("programme", "is not approved", "have it approved first")])
    elif not row["period_from"] <= today <= row["period_until"]:
        gates.refuse(record, [Fault("programme", "is of another time", "name the programme of today")])


def change_is_fair(actor: Actor, record: Record, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The team alone writes what it found; whatever narrows an audit that has begun is said with its reason;
    and nobody comes into a team, or has something come into its scope, that is theirs."""
    assert isinstance(record, Audit)
    changed = {name for name in before if before[name] != after[name]}
    if changed & {*WORK} - {"checklist"} or _work_is_written(before, after):
        answer = teams.is_member(actor, record)
        if not answer:
            raise NotAllowed(answer.reason, permission="amend")
    found = []
    if record.state == "under way":
        found = [
            Fault(name, "stays as it was when it began", "plan another audit for it")
            for name in ("programme", "objective")
            if name in changed
        ]
        if changed & {*NARROWING} and "changes" not in changed:
            words = listing([Word(_label(name)) for name in sorted(changed & {*NARROWING})])
            text = say("audit.unexplained", "does not say why this changed: {fields}", fields=words)
            found.append(Fault("changes", text, "say what changed since it began, and why"))
    if changed & {"criteria", "systems", "period_from", *teams.MEMBERS}:
        systems = queries.rows("ai-system").filter(reference__in=after["systems"])
        found += teams.faults(record, systems)
    gates.refuse(record, found)


def _label(name: str) -> str:
    return str(Audit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _work_is_written(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the checklist says something else, and not merely has the lines of other criteria."""
    old = {line.number: line for line in checklists.parse(before["checklist"])}
    new = {line.number: line for line in checklists.parse(after["checklist"])}
    empty = checklists.Line("")
    return any(
        (one.result, one.seen) != (other.result, other.seen)
        for number in {*old, *new}
        for one, other in [(old.get(number, empty), new.get(number, empty))]
    )


def led(actor: Actor, record: Record) -> Answer:
    """The lead begins, reports and closes an audit."""
    return teams.leads(actor, record)


def acknowledged(actor: Actor, record: Record) -> Answer:
    """The manager to whom an audit is reported confirms that the report came (9.2.2)."""
    return audit_reports.is_told(actor, record)


AUDIT = Kind(
    model=Audit,
    prefix="IAU",
    slug="audit",
    access="audit",
    clause="9",
    place=11,
    requirements=("iso42001:9.2.1", "iso42001:9.2.2"),
    titles={
        "programme": "Audit",
        "objective": "Objective, criteria and scope",
        "method": "Method and team",
        "changes": "What was looked at",
        "began_on": "Report",
    },
    columns=("programme", "planned_from", "due", "lead", "verdict"),
    filters=("programme", "lead", "verdict"),
    workflow=AUDITED,
    icon="clipboard-list",
    menu=Menu("Check", 42),
    create_gates=(new_team_is_independent,),
    amend_gates=(change_is_fair,),
    gates={
        "begin": (programme_is_in_force, team_is_independent),
        "report": (
            gates.filled(
                began_on="give the day of the opening meeting",
                ended_on="give the day of the closing meeting",
                verdict="give a verdict",
                summary="write a summary",
                conclusion="write how far the criteria are met",
                reported_to="name the manager to whom it is reported",
            ),
            team_is_independent,
            audit_reports.is_told_to_somebody_who_can_confirm,
            audit_reports.every_line_was_looked_at,
            OnTaking(audit_reports.open_nonconformities, audit_reports.findings_are_recorded),
        ),
        "complete": (audit_reports.findings_are_followed_up,),
    },
    step_fields={"begin": ("began_on",), "report": WORK},
    deciders={"begin": led, "report": led, "complete": led, "acknowledge": acknowledged},
    due="due",
    hubs=(
        HubSection(
            "programme", "Audits", 20, ("planned_from", "due", "lead", "verdict"), adds="Plan an audit"
        ),
        HubSection("systems", "Audits", 66, ("planned_from", "due", "verdict")),
    ),
    example=EXAMPLE,
)
