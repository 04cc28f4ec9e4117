"""Checks on documented information: what must be in writing, and how it is controlled (7.5)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import documents as cases
from plumbline.controls.library.population import Facts, lacks, overdue_review, ref, refs
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, fails, limit
from plumbline.kernel.messages import Message, Name, Requirement, Word, say

_OWN_KIND = {"iso42001:5.2": "policy", "iso42001:6.1.3": "applicability", "iso42001:6.2": "objective"}
"""Documents of the standard that are kinds of record here."""
_RETAINED = frozenset({"report", "evidence", "contract"})
"""Documents that are kept as they are: nobody reviews them into a new version."""


@check(
    "iso42001:7.5.1",
    slug="documents-asked",
    title="The documents that the standard asks for are there",
    finding="Documents that the standard asks for are missing",
    over="organization",
    needs=(
        *("records:document", "records:policy", "records:applicability", "records:objective"),
        "facts:documents-asked",
    ),
    cases=cases.DOCUMENTS_ASKED,
    decides=True,
)
def documents_asked(evidence: Evidence) -> Verdict:
    """Each sub-clause that asks for a document has an approved one that names it.

    The AI policy, the statement of applicability and the objectives are records of their own.
    """
    asked = {str(row["id"]): str(row["what"]) for row in evidence.facts["documents-asked"]}
    rows = [row for row in evidence.records["document"] if row["state"] == "approved"]
    there = {requirement for row in rows for requirement in row["requirements"]}
    for requirement, kind in _OWN_KIND.items():
        if any(row["state"] == "approved" for row in evidence.records[kind]):
            there.add(requirement)
    none = say("document.none-named", "No approved document names a sub-clause.")
    if not there:
        return fails(none, numerator=0, denominator=len(asked), population=0, unit="ratio")
    missing: dict[Name, Message] = {
        Requirement(requirement): say("document.missing", "lacks its {what}", what=Word(what))
        for requirement, what in asked.items()
        if requirement not in there
    }
    return every(
        "document.asked-share", "{have} of {total} documents that are asked for are approved.",
        [Requirement(requirement) for requirement in asked], missing, none=none,
    )  # fmt: skip


@check(
    "iso42001:7.5.2",
    slug="documents-reviewed",
    title="Documents are approved, versioned and reviewed in time",
    finding="Documents out of date or without owner or version",
    over="organization",
    needs=("records:document", "records:policy"),
    limits=(
        limit("documents-reviewed", 30, "days", why="a document waits a month for its approval at the most"),
    ),
    cases=cases.DOCUMENTS_REVIEWED,
)
def documents_reviewed(evidence: Evidence) -> Verdict:
    """Every document and policy in use has an owner, a version and a review that is not overdue.

    One that waits for approval longer than the limit fails too. Drafts are left out; reports, contracts
    and records of something done need no review.
    """
    known = [row for kind in ("document", "policy") for row in evidence.records[kind]]
    rows = [row for row in known if row["state"] in {"approved", "in review"}]
    found = {ref(row): _out_of_control(row, evidence) for row in rows}
    missing: dict[Name, Message] = {name: message for name, message in found.items() if message is not None}
    return every(
        "document.share", "{have} of {total} documents and policies are controlled and in date.", refs(rows),
        missing, none=say("document.none", "There are no documents or policies in use."),
        excluded=sum(row["state"] == "draft" for row in known),
    )  # fmt: skip


def _out_of_control(row: Facts, evidence: Evidence) -> Message | None:
    """What is wrong with how a document is controlled; None for nothing."""
    today = evidence.today
    if row["state"] == "in review":
        since = day_of(row["recorded"]) or today
        if (today - since).days <= evidence.limit("documents-reviewed").value:
            return None
        return say("document.waits", "has waited for approval since {day}", day=since)
    if not row["owner"]:
        return say("owner.none", "has no owner")
    if not row["version"]:
        return say("document.no-version", "has no version")
    if row["next_review"] is None and row["type"] not in _RETAINED:
        return say("document.no-review", "has no review date")
    return overdue_review(row, today)


@check(
    "iso42001:7.5.3",
    slug="documents-kept",
    title="Documents can be found and have a retention rule",
    finding="Documents without a place or a retention rule",
    over="organization",
    needs=("records:document", "facts:attached"),
    cases=cases.DOCUMENTS_KEPT,
)
def documents_kept(evidence: Evidence) -> Verdict:
    """For every approved document it is recorded where it is and how long it is kept.

    It is there as text, as a file attached or as an address. A restricted one says who gets it, one
    from outside who issued it and which edition; after its last day of keeping it is retired.
    """
    today, attached = evidence.today, {row["reference"] for row in evidence.facts["attached"]}
    rows = [row for row in evidence.records["document"] if row["state"] == "approved"]
    missing: dict[Name, Message] = {}
    for row in rows:
        last, external = day_of(row["dispose_on"]), row["origin"] == "external"
        asked = {
            Word("a place"): row["text"] or row["address"] or row["reference"] in attached,
            Word("a retention rule"): row["retention_rule"] or last,
            Word("a distribution list"): row["distribution"]
            or row["classification"] in {"public", "internal"},
            Word("issuer and edition"): not external or (row["issuer"] and row["version"]),
        }
        gap = lacks(label for label, there in asked.items() if not there)
        if gap is not None:
            missing[ref(row)] = gap
        elif last is not None and last < today:
            missing[ref(row)] = say("document.dispose", "was to be disposed of on {day}", day=last)
    return every(
        "document.kept",
        "{have} of {total} approved documents can be found and have a retention rule.",
        refs(rows),
        missing,
        none=say("document.none-approved", "There are no approved documents."),
    )
