"""Checks on documented information: what must be in writing, and how it is controlled (7.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import documents as cases
from plumbline.controls.library.gaps import (
    DOCUMENT_REVIEW,
    LONGEST_INTERVALS,
    POLICY_REVIEW,
    lacks,
)
from plumbline.controls.library.population import in_force, owned
from plumbline.controls.library.reviews import REVIEWS, not_reviewed, put_off
from plumbline.controls.library.written import answering
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength

SCOPE_ASKED = "iso42001:4.3/1"
_TYPES = {
    SCOPE_ASKED: ("scope",),
    "iso42001:4.4/1": ("process",),
    "iso42001:6.1.2/1": ("method", "process"),
    "iso42001:6.1.3/1": ("method", "process"),
}
"""Types of document that answer a document asked for, by requirement and its place there."""


def _has_row_for_each_control(evidence: Evidence) -> bool:
    decided = {row["requirement"] for row in evidence.records["applicability"]}
    return all(row["id"] in decided for row in evidence.facts["controls"])


_OWN_KIND: Mapping[str, Callable[[Evidence], bool]] = {
    "iso42001:5.2/1": lambda evidence: any(row["type"] == "AI policy" for row in evidence.records["policy"]),
    "iso42001:6.1.3/2": _has_row_for_each_control,
    "iso42001:6.1.3/3": lambda evidence: any(
        row["applicable"] == "yes" for row in evidence.records["applicability"]
    ),
    "iso42001:6.1.3/4": lambda evidence: bool(evidence.records["treatment"]),
    "iso42001:6.2/1": lambda evidence: bool(evidence.records["objective"]),
}
"""Documents of the standard that are kinds of record here, and when one is there."""


def _asked(evidence: Evidence) -> list[Member]:
    return [
        Member(f"{row['what']} ({row['id'].partition(':')[2]})", row=row)
        for row in evidence.facts["documents-asked"]
    ]


@check(
    "iso42001:7.5.1",
    slug="documents-asked",
    title="The documents that the standard asks for are there",
    finding="Documents that the standard asks for are missing",
    over="organization",
    needs=(
        *("records:document", "records:policy", "records:applicability", "records:treatment"),
        *("records:objective", "records:scope", "facts:controls"),
    ),
    population=Population(
        "documents-asked", Word("documents that the standard asks for"), ("facts:documents-asked",), _asked,
        bare.ASKED,
    ),
    share=share("document.asked-share", "{have} of {total} documents that are asked for are approved."),
    strength=Strength.RECORDED,
    cases=cases.DOCUMENTS_ASKED,
)  # fmt: skip
def documents_asked(member: Member, evidence: Evidence) -> Message | None:
    """Each document that the standard asks for is there: approved, our own, and of the type asked for.

    The AI policy, the statement of applicability, the treatment plan and the objectives are records of their
    own, and the scope may be one; the statement is there once each control of Annex A is decided.
    """
    key = f"{member.row['id']}/{member.row['place']}"
    if key in _OWN_KIND:
        there = _OWN_KIND[key](evidence)
    else:
        there = bool(answering(evidence, member.row["id"], _TYPES.get(key, ())))
    if key == SCOPE_ASKED:
        there = there or bool(evidence.records["scope"])
    return None if there else say("document.missing", "is not there")


_RETAINED = frozenset({"report", "evidence", "contract"})
"""Documents that are kept as they are: nobody reviews them into a new version."""


def _in_use(evidence: Evidence) -> list[Member]:
    """Documents and policies in force, and those that have waited for approval longer than they may."""
    members = []
    for kind, subject in (("document", DOCUMENT_REVIEW), ("policy", POLICY_REVIEW)):
        for row in evidence.claims[kind]:
            approved = in_force(evidence, kind, row["reference"])
            since = day_of(row["recorded"]) if row["state"] == "in review" else None
            waits = since if since is not None and _waits_too_long(since, evidence) else None
            if approved is not None or waits is not None:
                members.append(owned(approved or row, waits=waits, subject=subject))
    return members


def _waits_too_long(since: date, evidence: Evidence) -> bool:
    return (evidence.today - since).days > evidence.limit("documents-reviewed").value


@check(
    "iso42001:7.5.2",
    slug="documents-reviewed",
    title="Documents are approved, versioned and reviewed in time",
    finding="Documents out of date or without owner or version",
    over="organization",
    needs=(LONGEST_INTERVALS, "facts:first-approvals", REVIEWS),
    population=Population(
        "documents-in-use",
        Word("documents and policies in use"),
        ("claims:document", "records:document", "claims:policy", "records:policy"),
        _in_use,
        bare.DOCUMENT,
    ),
    share=share("document.share", "{have} of {total} documents and policies are controlled and in date."),
    strength=Strength.RECORDED,
    limits=(
        limit("documents-reviewed", 30, "days", why="a document waits a month for its approval at the most"),
    ),
    cases=cases.DOCUMENTS_REVIEWED,
)
def documents_reviewed(member: Member, evidence: Evidence) -> Message | None:
    """Every document and policy in use has an owner, a version and a review that is planned and not overdue.

    Before the first review its day lies within the longest interval since the first approval: a later day in
    a revision moves nothing. One that waits for approval longer than the limit fails too. Drafts are left
    out; reports, contracts and records of something done need no review.
    """
    row = member.row
    if row["waits"] is not None:
        return say("document.waits", "has waited for approval since {day}", day=row["waits"])
    if not row["owner"]:
        return say("owner.none", "has no owner")
    if not row["version"]:
        return say("document.no-version", "has no version")
    if row["type"] in _RETAINED:
        return None
    late = not_reviewed(row, evidence, row["subject"])
    return late or put_off(row, evidence, row["subject"], _first_approval(row["reference"], evidence))


def _first_approval(reference: str | None, evidence: Evidence) -> date | None:
    """The day on which a policy or document was first approved; None where nothing is known of it."""
    rows = evidence.facts["first-approvals"]
    return next((day_of(row["on"]) for row in rows if row["reference"] == reference), None)


@check(
    "iso42001:7.5.3",
    slug="documents-kept",
    title="Documents can be found and have a retention rule",
    finding="Documents without a place or a retention rule",
    over="organization",
    needs=("facts:attached",),
    population=Population(
        "documents-in-force",
        Word("approved documents"),
        ("records:document",),
        lambda evidence: [owned(row) for row in evidence.records["document"]],
        bare.DOCUMENT,
    ),
    share=share(
        "document.kept", "{have} of {total} approved documents can be found and have a retention rule."
    ),
    strength=Strength.RECORDED,
    cases=cases.DOCUMENTS_KEPT,
)
def documents_kept(member: Member, evidence: Evidence) -> Message | None:
    """For every approved document it is recorded where it is and how long it is kept.

    It is there as text, as a file attached or as an address. A restricted one says who gets it, one
    from outside who issued it and which edition; after its last day of keeping it is retired.
    """
    row, attached = member.row, {row["reference"] for row in evidence.facts["attached"]}
    last, external = day_of(row["dispose_on"]), row["origin"] == "external"
    asked = {
        Word("a place"): row["text"] or row["address"] or row["reference"] in attached,
        Word("a retention rule"): row["retention_rule"] or last,
        Word("a distribution list"): row["distribution"] or row["classification"] in {"public", "internal"},
        Word("issuer and edition"): not external or (row["issuer"] and row["version"]),
    }
    gap = lacks(label for label, there in asked.items() if not there)
    if gap is None and last is not None and last < evidence.today:
        return say("document.dispose", "was to be disposed of on {day}", day=last)
    return gap
