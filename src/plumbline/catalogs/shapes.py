"""What a catalog consists of: frozen values, decoded strictly from the package data."""

from __future__ import annotations

from typing import Literal

import msgspec

RequirementKind = Literal[
    "clause",
    "statement",
    "control",
    "objective",
    "ai-objective",
    "risk-source",
    "function",
    "category",
    "subcategory",
]
AUDITED = frozenset({"clause", "control"})
"""Kinds of rows that an auditor goes through one by one; only these say how they can be shown."""
Confidence = Literal["high", "medium-high", "medium", "low-medium"]


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything decoded from a file: a field nobody declared is an error."""


class Asked(Row, frozen=True, kw_only=True):
    """Documented information that a requirement asks for: its form and what it is."""

    form: Literal["document", "record"]
    what: str


class RequirementRow(Row, frozen=True, kw_only=True):
    """One line of a framework file; `Requirement` is what readers get."""

    number: str
    kind: RequirementKind
    title: str
    gist: str
    group: str
    parent: str = ""
    checked_against_text: bool
    owner: str
    machine: str = ""
    people: str = ""
    documented: tuple[Asked, ...] = ()
    topics: tuple[str, ...] = ()
    auditor_evidence: tuple[str, ...] = ()
    automated_evidence: tuple[str, ...] = ()
    timing: str = ""
    cadence: str = ""


class Requirement(Row, frozen=True, kw_only=True):
    """What one framework asks in one place.

    ``title`` is the official short title where the framework has one, otherwise our gist. ``gist`` is
    always our own wording. ``checked_against_text`` says whether somebody has read the row against a
    bought copy. ``machine`` says in our own words what a machine can show of it (empty: nothing) and
    ``people`` what a person has to judge whatever a machine shows, which is never nothing; rows that nobody
    audits by themselves have neither.
    ``statements`` are the ids of the requirement statements of a sub-clause. ``owner`` is the role that
    typically answers for it, ``auditor_evidence`` what auditors tend to ask for, ``automated_evidence``
    what a machine can collect, ``topics`` the subjects of the guidance, ``timing`` what the text says of
    time and ``cadence`` what is common practice.
    """

    id: str
    framework: str
    number: str
    kind: RequirementKind
    title: str
    gist: str
    group: str
    parent: str | None
    checked_against_text: bool
    owner: str
    machine: str = ""
    people: str = ""
    documented: tuple[Asked, ...] = ()
    topics: tuple[str, ...] = ()
    auditor_evidence: tuple[str, ...] = ()
    automated_evidence: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    timing: str = ""
    cadence: str = ""

    @property
    def label(self) -> str:
        """Number and title in one line, as pages and exports show it."""
        return self.number if self.title == self.number else f"{self.number} {self.title}"


class GroupRow(Row, frozen=True, kw_only=True):
    """A heading as it stands in a framework file."""

    number: str
    title: str
    gist: str
    kind: Literal["chapter", "area", "annex", "function"]


class Group(Row, frozen=True, kw_only=True):
    """A heading that holds requirements: a chapter (4 to 10), an area (A.2 to A.10), an annex part, a
    function. ``members`` are requirement ids in the order of the framework, statements left out."""

    id: str
    framework: str
    number: str
    title: str
    gist: str
    kind: Literal["chapter", "area", "annex", "function"]
    members: tuple[str, ...]


class FrameworkRow(Row, frozen=True, kw_only=True):
    """A framework file's head: name, edition and headings."""

    id: str
    title: str
    subject: str
    edition: str
    published: str
    note: str
    groups: tuple[GroupRow, ...]


class Framework(Row, frozen=True, kw_only=True):
    """One framework in one edition. ``loaded`` is false for those that only mappings point at."""

    id: str
    title: str
    edition: str
    subject: str = ""
    published: str = ""
    note: str = ""
    loaded: bool = True


class MappingRow(Row, frozen=True, kw_only=True):
    """One line of a mapping file."""

    source: str
    target: str
    relation: str
    support: tuple[str, ...]
    confidence: Confidence
    rationale: str = ""


class Mapping(Row, frozen=True, kw_only=True):
    """A pair of requirements that have to do with each other; never a claim that one fulfils the other.

    ``relation`` and ``support`` are words of the vocabulary, ``rationale`` is the text to show: what the
    relation means, what the pair rests on and, where there is one, a remark on this very pair.
    """

    source: str
    target: str
    relation: str
    support: tuple[str, ...]
    confidence: Confidence
    rationale: str


class NamedFramework(Row, frozen=True, kw_only=True):
    """A framework that mappings point at: its id, title and edition."""

    id: str
    title: str
    edition: str


class Vocabulary(Row, frozen=True, kw_only=True):
    """What the words in mapping files mean, and the frameworks they may point at."""

    relations: dict[str, str]
    supports: dict[str, str]
    frameworks: tuple[NamedFramework, ...]


class SeedTreatment(Row, frozen=True, kw_only=True):
    """A typical treatment of a seeded risk, with the requirements it serves."""

    text: str
    requirements: tuple[str, ...]


class RiskSeed(Row, frozen=True, kw_only=True):
    """A risk to start from, in our own words, with the ids that public taxonomies give it.

    ``risk_sources`` and ``objectives`` point at Annex C. The OWASP ids carry their edition, ``mit`` is the
    subdomain of the MIT AI Risk Repository, ``nist_600_1`` the number of the NIST AI 600-1 risk,
    ``atlas_tactics`` names MITRE ATLAS tactics.
    """

    id: str
    family: str
    title: str
    description: str
    risk_sources: tuple[str, ...]
    objectives: tuple[str, ...]
    signals: tuple[str, ...]
    treatments: tuple[SeedTreatment, ...]
    mit: tuple[str, ...] = ()
    nist_600_1: tuple[str, ...] = ()
    atlas_tactics: tuple[str, ...] = ()
    owasp_llm_2025: tuple[str, ...] = ()
    owasp_llm_2026: tuple[str, ...] = ()
    owasp_agentic_2026: tuple[str, ...] = ()
