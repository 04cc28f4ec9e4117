"""Checks on documented information: what is asked for in writing, how it is controlled, whom it reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every, fails, passes, unknown
from plumbline.controls.library.population import Facts, live, named

_OWN_KIND = {"iso42001:5.2": "policy", "iso42001:6.1.3": "applicability", "iso42001:6.2": "objective"}
"""Documents of the standard that are kinds of record here."""
_RETAINED = frozenset({"report", "evidence", "contract"})
"""Documents that are kept as they are: nobody reviews them into a new version."""


def _approved(evidence: Evidence) -> list[Facts]:
    return [row for row in evidence.records["document"] if row["state"] == "approved"]


def _overdue(row: Facts, today: date) -> str:
    review = day_of(row["next_review"])
    return f"was due for review on {review}" if review is not None and review < today else ""


@check(
    "iso42001:7.5.1",
    slug="documents-asked",
    title="What the standard wants in writing is there",
    over="organization",
    needs=(
        "records:document",
        "records:policy",
        "records:applicability",
        "records:objective",
        "facts:documents-asked",
    ),
)
def documents_asked(evidence: Evidence) -> Verdict:
    """Each sub-clause that asks for a document has an approved one that names it.

    The AI policy, the statement of applicability and the objectives are records of their own.
    """
    asked = {str(row["id"]): str(row["what"]) for row in evidence.facts["documents-asked"]}
    rows = _approved(evidence)
    there = {requirement for row in rows for requirement in row["requirements"]}
    for requirement, kind in _OWN_KIND.items():
        if any(row["state"] == "approved" for row in evidence.records[kind]):
            there.add(requirement)
    if not there:
        sentence = "No approved document names a sub-clause."
        return fails(sentence, numerator=0, denominator=len(asked), population=0, unit="ratio")
    missing = {one: f"lacks its {what}" for one, what in asked.items() if one not in there}
    return every("documents that are asked for", "are approved", list(asked), missing)


@check(
    "iso42001:7.5.2",
    slug="documents-reviewed",
    title="Documents are approved, versioned and reviewed in time",
    over="organization",
    needs=("records:document", "records:policy"),
    limits=("documents-reviewed",),
)
def documents_reviewed(evidence: Evidence) -> Verdict:
    """Every document and policy in use has an owner, a version and a review that is not overdue.

    One that waits for approval longer than the limit fails too. Drafts are left out; reports, contracts
    and records of something done need no review.
    """
    limit, today = evidence.limit("documents-reviewed"), evidence.now.date()
    known = [row for kind in ("document", "policy") for row in evidence.records[kind]]
    rows = [row for row in known if row["state"] in {"approved", "in review"}]
    drafts = sum(row["state"] == "draft" for row in known)
    missing = {}
    for row in rows:
        since = day_of(row["recorded"]) or today
        if row["state"] == "in review":
            fault = f"waits for approval since {since}" if (today - since).days > limit.value else ""
        elif not row["owner"]:
            fault = "has no owner"
        elif not row["version"]:
            fault = "has no version"
        elif row["next_review"] is None and row["type"] not in _RETAINED:
            fault = "has no date of review"
        else:
            fault = _overdue(row, today)
        if fault:
            missing[str(row["reference"])] = fault
    return every("documents and policies", "are controlled and in date", named(*rows), missing, drafts)


@check(
    "iso42001:7.5.3",
    slug="documents-kept",
    title="Documents can be found and are kept by a rule",
    over="organization",
    needs=("records:document", "facts:attached"),
)
def documents_kept(evidence: Evidence) -> Verdict:
    """For every approved document it is recorded where it is and how long it is kept.

    It is there as text, as a file attached or as an address. One that few may see says who gets it, one
    from outside who issued it and which edition; after its last day of keeping it is retired.
    """
    today, attached = evidence.now.date(), {row["reference"] for row in evidence.facts["attached"]}
    rows, missing = _approved(evidence), {}
    for row in rows:
        name, last = str(row["reference"]), day_of(row["dispose_on"])
        outside = row["origin"] == "external"
        asked = {
            "a place": row["text"] or row["address"] or name in attached,
            "a rule for keeping": row["retention_rule"] or last,
            "those it is given to": row["distribution"] or row["classification"] in {"public", "internal"},
            "issuer and edition": not outside or (row["issuer"] and row["version"]),
        }
        lacks = [label for label, there in asked.items() if not there]
        if lacks:
            missing[name] = f"lacks {', '.join(lacks)}"
        elif last is not None and last < today:
            missing[name] = f"was to be disposed of on {last}"
    return every("approved documents", "can be found and have a rule for keeping", named(*rows), missing)


def _for_each_system(evidence: Evidence, types: set[str], fault: Callable[[Facts, Facts], str]) -> Verdict:
    """Whether each live system has an approved document of ``types`` in which ``fault`` finds none."""
    systems, missing = live(evidence), {}
    kind = "user information" if types == {"instructions"} else "technical documentation"
    about: dict[str, list[Facts]] = {}
    for row in _approved(evidence):
        if row["type"] in types:
            for system in row["systems"]:
                about.setdefault(system, []).append(row)
    for system in systems:
        name = str(system["reference"])
        faults = [(str(row["reference"]), fault(system, row)) for row in about.get(name, ())]
        if not faults:
            missing[name] = f"has no approved {kind}"
        elif all(said for _, said in faults):
            missing[name] = f"has no current {kind}: {' '.join(faults[-1])}"
    return every("live systems", f"have current {kind}", named(*systems), missing)


@check(
    "iso42001:A.8.2",
    slug="users-informed",
    title="Users of live systems are told what they need to know",
    over="organization",
    needs=("records:ai-system", "records:document"),
    severity="major",
)
def users_informed(evidence: Evidence) -> Verdict:
    """Every live AI system has approved instructions for its users whose review is not overdue."""
    today = evidence.now.date()
    return _for_each_system(evidence, {"instructions"}, lambda _, row: _overdue(row, today))


@check(
    "iso42001:A.6.2.7",
    slug="technical-documentation",
    title="Technical documentation keeps up with the release",
    over="organization",
    needs=("records:ai-system", "records:document"),
)
def technical_documentation(evidence: Evidence) -> Verdict:
    """Every live AI system has approved technical documentation no older than its current release.

    A specification counts as well as a design. A document is as old as the day from which it is
    effective, or, without one, of its approval.
    """
    today = evidence.now.date()

    def fault(system: Facts, row: Facts) -> str:
        released = day_of(system["released_on"])
        made = day_of(row["effective_from"]) or day_of(row["approved_at"])
        if released is not None and (made is None or made < released):
            return f"is of {made}, before the release on {released}"
        return _overdue(row, today)

    return _for_each_system(evidence, {"design", "specification"}, fault)


@check(
    "iso42001:A.8.4",
    slug="incident-plan",
    title="It is planned how users hear of incidents",
    over="organization",
    needs=("records:ai-system", "records:document"),
    severity="major",
)
def incident_plan(evidence: Evidence) -> Verdict:
    """While an AI system is live, an approved plan or process in date says how users hear of incidents."""
    systems = live(evidence)
    if not systems:
        return unknown("There are no live systems.", population=0)
    rows = [
        row
        for row in _approved(evidence)
        if row["type"] in {"plan", "process"} and "iso42001:A.8.4" in row["requirements"]
    ]
    if not rows:
        return fails("No approved plan or process names A.8.4.", population=len(systems))
    newest = max(rows, key=lambda row: str(row["next_review"] or "9999"))
    fault, name = _overdue(newest, evidence.now.date()), str(newest["reference"])
    if fault:
        return fails(f"{name} {fault}.", population=len(rows), named=(name,))
    return passes(f"{name} says how users hear of incidents.", population=len(rows), named=(name,))
