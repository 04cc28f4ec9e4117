"""What bears on one requirement besides its state: applicability, mappings, nonconformities, history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.http import urlencode

from plumbline import catalogs
from plumbline.catalogs import Requirement
from plumbline.controls import registry
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, queries
from plumbline.web import cells
from plumbline.web.requirements.readings import CheckRow

HISTORY_SHOWN = 10
SHORT_NAMES = {
    "iso42001": "ISO 42001",
    "nist-ai-rmf": "NIST AI RMF",
    "eu-ai-act": "EU AI Act",
    "iso27001": "ISO 27001",
    "iso9001": "ISO 9001",
    "gdpr": "GDPR",
    "soc2": "SOC 2",
}
ARTICLES = frozenset({"eu-ai-act", "gdpr"})
CLOSED = ("closed", "dismissed")


@dataclass(frozen=True)
class Applies:
    """What the statement of applicability says of a control."""

    word: str
    text: str
    reference: str
    href: str


@dataclass(frozen=True)
class MappingRow:
    """A requirement elsewhere that has to do with this one, with what the pair rests on."""

    framework: str
    number: str
    title: str
    href: str
    relation: str
    confidence: str
    support: str
    rationale: str


@dataclass(frozen=True)
class HistoryRow:
    """Something recorded that bears on the requirement."""

    who: str
    what: str
    note: str
    icon: str
    role: str
    at: datetime
    href: str


def pointer(row: Requirement) -> str:
    """Where a reader finds the wording in their own copy."""
    if row.kind == "control":
        return f"Annex A, {row.number}, with guidance in B.{row.number.removeprefix('A.')}"
    if row.framework == "iso42001":
        return f"clause {row.number}"
    return f"{catalogs.framework(row.framework).title}, {row.number}"


def new_href(actor: Actor, slug: str, **values: str) -> str:
    """The address of a form for a new record, partly filled in; empty when the reader may not make one."""
    try:
        kind = kinds.get(slug)
    except NotFound:
        return ""
    if not policy.may(actor, "create", kind=slug, anywhere=True):
        return ""
    return f"{reverse('record-new', args=[kind.plural])}?{urlencode(values)}"


def checks_of(requirement_id: str) -> tuple[str, ...]:
    """Names of the checks that bear on a requirement or on one of its statements."""
    start = f"{requirement_id}/"
    return tuple(
        check.slug
        for check in registry.all_checks()
        if any(one == requirement_id or one.startswith(start) for one in check.requirements)
    )


def applies(actor: Actor, requirement_id: str) -> Applies | None:
    """The row of the statement of applicability for a control, if there is one that the reader may see."""
    kind = kinds.get("applicability")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return None
    row = queries.select(actor, kind).filter(requirement=requirement_id).first()
    if row is None:
        return None
    word = "Applicable" if row.applicable == "yes" else "Not applicable"
    text = row.justification if row.applicable == "yes" else row.exclusion_reason
    return Applies(word, text, row.reference, cells.record_href(row.reference))


def systems_read(checks: Iterable[CheckRow]) -> tuple[tuple[str, str], ...]:
    """The AI systems that the checks read: name and address."""
    return tuple(dict.fromkeys((row.subject, row.subject_href) for row in checks if row.subject_href))


def mappings(requirement_id: str) -> tuple[MappingRow, ...]:
    """The pairs that have this requirement at one end, seen from it."""
    found = []
    for pair in catalogs.mappings(requirement_id):
        other = pair.target if pair.source == requirement_id else pair.source
        framework_id, _, number = other.partition(":")
        framework = catalogs.framework(framework_id)
        title = catalogs.requirement(other).title if catalogs.exists(other) else ""
        found.append(
            MappingRow(
                framework=SHORT_NAMES.get(framework_id, framework.title.partition(",")[0]),
                number=f"Art. {number}" if framework_id in ARTICLES else number,
                title="" if title == number else title,
                href=cells.requirement_href(other),
                relation=pair.relation,
                confidence=pair.confidence,
                support=", ".join(pair.support),
                rationale=pair.rationale,
            )
        )
    return tuple(found)


def open_nonconformities(actor: Actor, requirement_id: str) -> tuple[int, str]:
    """How many nonconformities that name the requirement are open, and the address of the list of all."""
    kind = kinds.get("nonconformity")
    href = reverse("record-list", args=[kind.plural])
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return 0, href
    rows = queries.select(actor, kind).filter(requirements__contains=requirement_id)
    return rows.exclude(state__in=CLOSED).count(), href


def history(actor: Actor, requirement_id: str) -> tuple[HistoryRow, ...]:
    """Attestations, applicability and nonconformities that name the requirement, newest first."""
    found: list[HistoryRow] = []
    for slug, field, what, icon, role in (
        ("attestation", "requirement", "attested", "user-check", ""),
        ("applicability", "requirement", "decided whether it applies", "list-checks", ""),
        ("nonconformity", "requirements__contains", "nonconformity", "flag", "warn"),
    ):
        if not policy.may(actor, "read", kind=slug, anywhere=True):
            continue
        rows = (
            queries.select(actor, kinds.get(slug)).filter(**{field: requirement_id}).select_related("owner")
        )
        newest = list(rows.order_by("-id")[:HISTORY_SHOWN])
        names = identity_queries.names(row.author for row in newest)
        for row in newest:
            said = f"attested {row.verdict}" if slug == "attestation" else what
            note = (
                f"“{row.statement}”" if slug == "attestation" else f"{row.reference} {row.title}, {row.state}"
            )
            who = row.owner.full_name if row.owner else names.get(row.author, "Plumbline")
            if slug == "nonconformity":
                who, said = row.reference, f"{row.title}"
                note = row.state
            found.append(
                HistoryRow(who, said, note, icon, role, row.created_at, cells.record_href(row.reference))
            )
    return tuple(sorted(found, key=lambda row: row.at, reverse=True)[:HISTORY_SHOWN])
