"""Checks on internal audits: planned over everything, held and reported, and followed up (9.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from plumbline.controls.declare import check
from plumbline.controls.library.cases import audits as cases
from plumbline.controls.library.cases import bare
from plumbline.controls.library.gaps import Facts, ref, says_too_little, thin, unseen_since
from plumbline.controls.library.population import Unrecorded, in_force, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Requirement, Word, say
from plumbline.kernel.states import Strength

_SHOWN = 400
"""Days for which an audit that was held is still shown; without this one audit would do for ever."""
_OVER = frozenset({"acknowledged", "closed"})
_PROGRAMME = {
    "objectives": Word("objectives"),
    "importance": Word("why so"),
    "frequency": Word("how often"),
    "method": Word("methods"),
    "responsibilities": Word("who does what"),
    "reporting": Word("reporting"),
}


def _running(evidence: Evidence) -> list[Facts]:
    """The approved programmes in whose time today lies."""
    today = evidence.today.isoformat()
    rows = evidence.records["audit-programme"]
    return [row for row in rows if (row["period_from"] or "9999") <= today <= (row["period_until"] or "")]


def _asked(evidence: Evidence) -> Iterator[tuple[str, Message | None]]:
    """Each sub-clause and each control with why it is left out, if an approved decision says so."""
    left_out = {
        row["requirement"]: row for row in evidence.records["applicability"] if row["applicable"] == "no"
    }
    for row in (*evidence.facts["subclauses"], *evidence.facts["controls"]):
        out = left_out.get(row["id"])
        yield row["id"], None if out is None else say("audit.left-out", "is left out by {row}", row=ref(out))


def _requirements(evidence: Evidence) -> list[Member]:
    """Everything that is to be audited in a cycle; without a programme, the programme itself."""
    if not _running(evidence):
        return [Member(Word("the programme of internal audits"), row=Unrecorded())]
    planned = [row for row in evidence.claims["audit"] if row["state"] != "called off"]
    return [
        Member(
            Requirement(name),
            excluded=out,
            row=Unrecorded(id=name, audits=[row for row in planned if name in row["criteria"]]),
        )
        for name, out in _asked(evidence)
    ]


@check(
    "iso42001:9.2.2",
    slug="audits-planned",
    title="A programme plans an audit of everything that applies",
    finding="Requirements that no approved audit programme covers",
    over="organization",
    needs=("facts:people",),
    population=Population(
        "audited-requirements",
        Word("requirements that apply"),
        (
            *("records:audit-programme", "claims:audit", "records:applicability"),
            *("facts:subclauses", "facts:controls"),
        ),
        _requirements,
    ),
    share=share("audit.planned", "An audit of {have} of {total} is planned by an approved programme."),
    strength=Strength.RECORDED,
    severity="major",
    cases=cases.AUDITS_PLANNED,
)
def audits_planned(member: Member, evidence: Evidence) -> Message | None:
    """An approved programme of today covers every sub-clause and every control that applies, says why and
    how, has an owner who is here, and an audit of each is planned or held within its time.

    It sees the plan. Whether it follows risk and importance is for people to say.
    """
    name = member.row["id"]
    if not name:
        return say("audit.no-programme", "is not approved, or is of another time")
    fault = say("audit.uncovered", "is in no approved audit programme of today")
    here = {one["handle"] for one in evidence.facts["people"] if one["active"]}
    for row in _running(evidence):
        if name not in row["requirements"]:
            continue
        wanting = says_too_little(row, _PROGRAMME)
        if wanting is None and row["owner"] not in here:
            wanting = say("decision.owner-gone", "has no owner who is here")
        if wanting is not None:
            fault = say(
                "audit.programme", "is in {programme}, which {fault}", programme=ref(row), fault=wanting
            )
        elif any(_is_of(one, row) for one in member.row["audits"]):
            return None
        else:
            fault = say(
                "audit.unplanned", "is in {programme}, and no audit of it is planned", programme=ref(row)
            )
    return fault


def _is_of(audit: Facts, programme: Facts) -> bool:
    """Whether an audit belongs to a programme and lies within its time."""
    return bool(
        audit["programme"] == programme["reference"] and (audit["due"] or "9999") <= programme["period_until"]
    )


def _audits(evidence: Evidence) -> list[Member]:
    """Audits that were to be reported by now or are, but for those of long ago."""
    today, since = evidence.today, evidence.today - timedelta(days=_SHOWN)
    found = []
    for row in evidence.claims["audit"]:
        due, ended = day_of(row["due"]), day_of(row["ended_on"])
        late = row["state"] in {"planned", "under way"} and due is not None and due < today
        if late or row["state"] == "reported" or (row["state"] in _OVER and (ended or since) >= since):
            found.append(owned(row))
    return found


@check(
    "iso42001:9.2.1",
    slug="audits-held",
    title="Internal audits are held by their day, and a manager has their results",
    finding="Internal audits that are overdue, or whose report no manager has confirmed",
    over="organization",
    needs=("records:audit",),
    population=Population(
        "audits-due", Word("internal audits that are reported or were to be"), ("claims:audit",), _audits,
        bare.AUDIT,
    ),
    share=share("audit.held", "{have} of {total} internal audits were held and reached a manager."),
    strength=Strength.OPERATING,
    severity="major",
    cases=cases.AUDITS_HELD,
)  # fmt: skip
def audits_held(member: Member, evidence: Evidence) -> Message | None:
    """Every planned audit is reported by its day by a team that is independent of what it audited, and the
    manager to whom it went has confirmed that it came.

    Independence is asked for at each step of an audit, by owners, approvals and revisions. What the audits
    say of the AIMS is for people to judge.
    """
    row = in_force(evidence, "audit", member.row["reference"])
    if row is not None:
        return None
    if member.row["state"] == "reported":
        return say("audit.unconfirmed", "waits for its manager to confirm that the report came")
    due = day_of(member.row["due"]) or evidence.today
    return say("audit.late", "was to be reported by {day}", day=due)


def _findings(evidence: Evidence) -> list[Member]:
    """What reported audits found that is to be answered."""
    reported = {row["reference"]: row for row in evidence.records["audit"]}
    return [
        owned(row, ended=reported[row["audit"]]["ended_on"])
        for row in evidence.claims["audit-finding"]
        if row["audit"] in reported
        and row["grade"] != "conformity"
        and row["state"] not in {"draft", "withdrawn"}
    ]


@check(
    "iso42001:9.2.2",
    "iso42001:10.2",
    slug="findings-answered",
    title="What audits found is answered and followed up",
    finding="Audit findings without an answer, or not followed up",
    over="organization",
    needs=(),
    population=Population(
        "findings-reported", Word("findings of reported audits that ask for an answer"),
        ("claims:audit-finding", "records:audit"), _findings, bare.AUDIT_FINDING,
    ),
    share=share("audit.answered", "{have} of {total} findings are answered and followed up, or in time."),
    strength=Strength.OPERATING,
    limits=(
        limit("findings-answered", 30, "days", why="a month is enough to say what is done about a finding"),
        limit("findings-answered.followed", 180, "days", why="half a year shows whether something worked"),
    ),
    cases=cases.FINDINGS_ANSWERED,
)  # fmt: skip
def findings_answered(member: Member, evidence: Evidence) -> Message | None:
    """Every finding that is no mere conformity is answered within the limit of the closing meeting, and the
    team has then seen within the next one that what was done works."""
    row = member.row
    if row["state"] == "worked":
        return None
    if row["state"] == "did not work":
        return say("audit.failed", "did not work when the auditors looked again")
    answered = day_of(row["answered_on"])
    if row["state"] == "recorded" or answered is None:
        by = (day_of(row["ended"]) or evidence.today) + timedelta(
            days=evidence.limit("findings-answered").value
        )
        return None if by >= evidence.today else say("audit.unanswered", "is not answered, by {day}", day=by)
    if thin(row["answer"]):
        return say("audit.thin", "says next to nothing in its answer")
    followed = timedelta(days=evidence.limit("findings-answered.followed").value)
    return unseen_since(answered + followed, evidence)
