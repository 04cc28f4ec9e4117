"""What bears on one requirement besides its state: applicability, mappings, nonconformities, history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from plumbline import catalogs
from plumbline.catalogs import Mapping, Requirement
from plumbline.clauses import queries as clauses
from plumbline.controls import registry
from plumbline.identity import policy
from plumbline.identity import queries as identity_queries
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import Message, Text, Word, say
from plumbline.records import kinds, queries

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
class RelatedRequirement:
    """A requirement elsewhere that has to do with one, and the mapping that says so."""

    id: str
    mapping: Mapping

    @property
    def framework(self) -> str:
        """The short name of its framework."""
        name = self.id.partition(":")[0]
        return SHORT_NAMES.get(name) or catalogs.framework(name).title.partition(",")[0]

    @property
    def number(self) -> str:
        """Its number there; laws are cited by article."""
        framework, _, number = self.id.partition(":")
        return f"Art. {number}" if framework in ARTICLES else number

    @property
    def title(self) -> str:
        """Its title; empty where it is loaded without one."""
        title = catalogs.requirement(self.id).title if catalogs.exists(self.id) else ""
        return "" if title == self.id.partition(":")[2] else title


@dataclass(frozen=True)
class HistoryRow:
    """Something recorded that bears on the requirement: a record, who or what comes first, what it says."""

    record: Any
    who: str
    what: Text
    note: str
    icon: str
    role: str


def pointer(row: Requirement) -> Message:
    """Where a reader finds the wording in their own copy."""
    if row.kind == "control":
        guidance = f"B.{row.number.removeprefix('A.')}"
        return say(
            "requirement.in-annex",
            "Annex A, {number}, with guidance in {guidance}",
            number=row.number,
            guidance=guidance,
        )
    if row.framework == "iso42001":
        return say("requirement.in-clause", "clause {number}", number=row.number)
    title = catalogs.framework(row.framework).title
    return say("requirement.in-framework", "{framework}, {number}", framework=title, number=row.number)


def new_href(actor: Actor, slug: str, **values: str) -> str:
    """The address of a form for a new record, partly filled in; empty when the reader may not make one."""
    if not kinds.exists(slug) or not policy.may(actor, "create", kind=slug, anywhere=True):
        return ""
    return f"{reverse('record-new', args=[kinds.get(slug).plural])}?{urlencode(values)}"


def list_href(slug: str) -> str:
    """The address of the list of a kind; empty when this installation has no such kind."""
    return reverse("record-list", args=[kinds.get(slug).plural]) if kinds.exists(slug) else ""


def checks_of(requirement_id: str) -> tuple[str, ...]:
    """Names of the checks that bear on a requirement or on one of its statements."""
    start = f"{requirement_id}/"
    return tuple(
        check.slug
        for check in registry.all_checks()
        if any(name == requirement_id or name.startswith(start) for name in check.requirements)
    )


def applicability(actor: Actor, requirement_id: str) -> Any:
    """The row of the statement of applicability for a control, if there is one that the reader may see."""
    if not kinds.exists("applicability"):
        return None
    kind = kinds.get("applicability")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return None
    return queries.select(actor, kind).filter(requirement=requirement_id).first()


def mappings(requirement_id: str) -> tuple[RelatedRequirement, ...]:
    """The pairs that have this requirement at one end, seen from it."""
    return tuple(
        RelatedRequirement(pair.target if pair.source == requirement_id else pair.source, pair)
        for pair in catalogs.mappings(requirement_id)
    )


def treated_risks(actor: Actor, requirement_id: str) -> tuple[Any, ...]:
    """The risks that a treatment in force reduces by this control, of those that the reader may see."""
    if not kinds.exists("risk") or not policy.may(actor, "read", kind="risk", anywhere=True):
        return ()
    found = [name for name, controls in clauses.controls_by_risk().items() if requirement_id in controls]
    if not found:
        return ()
    rows = queries.select(actor, kinds.get("risk")).filter(reference__in=found)
    return tuple(rows.order_by("reference"))


def open_nonconformities(actor: Actor, requirement_id: str) -> int:
    """How many nonconformities that name the requirement are open, of those that the reader may see."""
    if not kinds.exists("nonconformity"):
        return 0
    kind = kinds.get("nonconformity")
    if not policy.may(actor, "read", kind=kind.slug, anywhere=True):
        return 0
    rows = queries.select(actor, kind).filter(requirements__contains=requirement_id)
    return rows.exclude(state__in=CLOSED).count()


def history(actor: Actor, requirement_id: str) -> tuple[HistoryRow, ...]:
    """Attestations, applicability and nonconformities that name the requirement, newest first."""
    found: list[HistoryRow] = []
    for slug, field in (
        ("attestation", "requirement"),
        ("applicability", "requirement"),
        ("nonconformity", "requirements__contains"),
    ):
        if not kinds.exists(slug) or not policy.may(actor, "read", kind=slug, anywhere=True):
            continue
        rows = queries.select(actor, kinds.get(slug)).filter(**{field: requirement_id})
        newest = list(rows.select_related("owner").order_by("-id")[:HISTORY_SHOWN])
        names = identity_queries.names(row.author for row in newest)
        found += [history_row(slug, row, _who(row, names)) for row in newest]
    return tuple(sorted(found, key=lambda row: row.record.created_at, reverse=True)[:HISTORY_SHOWN])


def _who(row: Any, names: dict[str, str]) -> str:
    return str(row.owner.full_name) if row.owner else names.get(row.author, "Plumbline")


def history_row(slug: str, row: Any, who: str) -> HistoryRow:
    """The line of the record ``row`` of the kind ``slug``, which ``who`` answers for."""
    if slug == "attestation":
        what = say("requirement.attested", "attested {verdict}", verdict=Word(row.verdict))
        return HistoryRow(row, who, what, f"“{row.statement}”", "user-check", "")
    if slug == "applicability":
        what = say("requirement.decided", "decided whether it applies")
        note = f"{row.reference} {row.title}, {row.state}"
        return HistoryRow(row, who, what, note, "list-checks", "")
    return HistoryRow(row, row.reference, row.title, row.state, "flag", "warn")
