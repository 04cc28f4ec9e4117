"""Frameworks as data: what ISO/IEC 42001 and the NIST AI RMF ask, and how frameworks map to each other.

No tables: the package data is decoded once into frozen values. Requirement ids are
``<framework>:<number>``, for example ``iso42001:6.1.4``, ``iso42001:A.6.2.6``, ``iso42001:6.1.4/1`` (a
requirement statement) and ``nist-ai-rmf:MEASURE 2.4``.
"""

from __future__ import annotations

from functools import lru_cache

from plumbline.catalogs import reference_page
from plumbline.catalogs.loader import CatalogError, Library, load
from plumbline.catalogs.shapes import Framework, Group, Mapping, Requirement, RequirementKind, RiskSeed
from plumbline.kernel.problems import NotFound

__all__ = [
    "CatalogError",
    "Framework",
    "Group",
    "Library",
    "Mapping",
    "Requirement",
    "RiskSeed",
    "areas",
    "chapters",
    "controls",
    "documented",
    "exists",
    "framework",
    "frameworks",
    "groups",
    "mappings",
    "reference",
    "requirement",
    "requirements",
    "risk_seeds",
    "statements",
    "subclauses",
    "version",
]

ISO42001 = "iso42001"


@lru_cache(maxsize=1)
def library() -> Library:
    """All catalogs, decoded once per process."""
    return load()


def version() -> str:
    """Digest of the catalog data; results keep it, so that a reader knows which text was in force."""
    return library().version


def frameworks() -> tuple[Framework, ...]:
    """Every framework, those included that only mappings point at (``loaded`` is false)."""
    return tuple(library().frameworks.values())


def framework(framework_id: str) -> Framework:
    """One framework. Raises `NotFound`."""
    found = library().frameworks.get(framework_id)
    if found is None:
        raise NotFound("No catalog has this framework.")
    return found


def exists(requirement_id: str) -> bool:
    """Whether a loaded framework has this requirement."""
    return requirement_id in library().requirements


def requirement(requirement_id: str) -> Requirement:
    """One requirement. Raises `NotFound`."""
    found = library().requirements.get(requirement_id)
    if found is None:
        raise NotFound("No catalog has a requirement with this id.")
    return found


@lru_cache(maxsize=64)
def requirements(framework_id: str, kind: RequirementKind | None = None) -> tuple[Requirement, ...]:
    """The requirements of one framework in its own order, of one kind or of all. Raises `NotFound`."""
    framework(framework_id)
    return tuple(
        row
        for row in library().requirements.values()
        if row.framework == framework_id and (kind is None or row.kind == kind)
    )


def subclauses() -> tuple[Requirement, ...]:
    """The 32 auditable sub-clauses of ISO/IEC 42001, 4.1 to 10.2."""
    return requirements(ISO42001, "clause")


def statements(subclause_id: str | None = None) -> tuple[Requirement, ...]:
    """The 109 requirement statements of ISO/IEC 42001, or those of one sub-clause."""
    if subclause_id is None:
        return requirements(ISO42001, "statement")
    return tuple(library().requirements[one] for one in requirement(subclause_id).statements)


def controls() -> tuple[Requirement, ...]:
    """The 38 controls of Annex A of ISO/IEC 42001, A.2.2 to A.10.4."""
    return requirements(ISO42001, "control")


@lru_cache(maxsize=64)
def groups(framework_id: str, kind: str | None = None) -> tuple[Group, ...]:
    """The headings of one framework with the requirements under each. Raises `NotFound`."""
    framework(framework_id)
    return tuple(
        group
        for group in library().groups
        if group.framework == framework_id and (kind is None or group.kind == kind)
    )


def areas() -> tuple[Group, ...]:
    """The nine areas of Annex A, A.2 to A.10, each with its controls."""
    return groups(ISO42001, "area")


def chapters() -> tuple[Group, ...]:
    """Clauses 4 to 10 of ISO/IEC 42001, each with its sub-clauses."""
    return groups(ISO42001, "chapter")


@lru_cache(maxsize=1)
def _by_end() -> dict[str, tuple[Mapping, ...]]:
    ends: dict[str, list[Mapping]] = {}
    for pair in library().mappings:
        ends.setdefault(pair.source, []).append(pair)
        ends.setdefault(pair.target, []).append(pair)
    return {end: tuple(pairs) for end, pairs in ends.items()}


def mappings(requirement_id: str | None = None) -> tuple[Mapping, ...]:
    """The pairs that have this requirement at either end, or all pairs."""
    if requirement_id is None:
        return library().mappings
    return _by_end().get(requirement_id, ())


def risk_seeds() -> tuple[RiskSeed, ...]:
    """Fifty-two risks to start a register from."""
    return library().seeds


def documented() -> tuple[tuple[Requirement, str, str], ...]:
    """The register of documented information: requirement, form (document or record) and what it is.

    Sub-clauses only; what a control asks for counts where the control applies.
    """
    return tuple((row, asked.form, asked.what) for row in subclauses() for asked in row.documented)


def reference() -> str:
    """The reference page of the catalogs, as Markdown."""
    return reference_page.page(library())
