"""What the sidebar lists, in the order of the standard's own cycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse

from plumbline.kernel.problems import NotFound
from plumbline.records import kinds


@dataclass(frozen=True)
class Entry:
    """One line of the sidebar. ``hot`` counts what is late or waits for a person now."""

    label: str
    icon: str
    href: str
    count: int | None = None
    current: bool = False
    hot: bool = False
    key: str = ""


@dataclass(frozen=True)
class NavGroup:
    """Entries under one heading; the first group has none."""

    title: str
    slug: str
    entries: tuple[Entry, ...]


_PLAN: dict[str, tuple[tuple[str, str, str], ...]] = {
    "": (("Home", "house", "page:home"), ("My work", "list-checks", "page:my-work")),
    "Plan": (
        ("Clauses and scope", "compass", "page:clauses"),
        ("AI systems", "boxes", "kind:ai-system"),
        ("Risks", "triangle-alert", "kind:risk"),
        ("Impact assessments", "scale", "kind:impact-assessment"),
        ("Objectives", "target", "kind:objective"),
        ("Policies", "scroll-text", "kind:policy"),
    ),
    "Do": (
        ("Controls", "shield-check", "page:controls"),
        ("Applicability", "list-todo", "page:statement"),
        ("AI seen in use", "eye", "page:sightings"),
        ("Components", "cpu", "kind:component"),
        ("Data", "database", "kind:dataset"),
        ("Suppliers", "handshake", "kind:supplier"),
        ("Documents", "file-text", "kind:document"),
    ),
    "Check": (
        ("Live checks", "activity", "page:checks"),
        ("Telemetry received", "inbox", "page:segments"),
        ("Evidence", "file-check-2", "page:evidence"),
        ("Indicators", "gauge", "kind:indicator"),
        ("Attestations", "stamp", "kind:attestation"),
        ("Management review", "presentation", "kind:management-review"),
    ),
    "Act": (
        ("Nonconformities", "flag", "kind:nonconformity"),
        ("Corrective actions", "wrench", "kind:corrective-action"),
        ("Evidence packs", "package", "page:packs"),
        ("All records", "files", "page:records"),
    ),
}
GO_KEYS = {
    "page:home": "h",
    "page:my-work": "m",
    "page:controls": "c",
    "page:evidence": "e",
    "kind:nonconformity": "f",
}


def groups(
    path: str, counts: Mapping[str, int], fixed: Mapping[str, int], hot: frozenset[str]
) -> tuple[NavGroup, ...]:
    """The sidebar for the page at ``path``.

    ``counts`` are records by kind, ``fixed`` counts by page name, ``hot`` the targets in which something
    waits. Kinds and pages that this installation does not have are left out.
    """
    found = []
    for title, rows in _PLAN.items():
        entries = tuple(entry for row in rows if (entry := _entry(row, path, counts, fixed, hot)) is not None)
        if entries:
            found.append(NavGroup(title, title.lower() or "top", entries))
    return tuple(found)


def _entry(
    row: tuple[str, str, str],
    path: str,
    counts: Mapping[str, int],
    fixed: Mapping[str, int],
    hot: frozenset[str],
) -> Entry | None:
    label, icon, target = row
    sort, _, name = target.partition(":")
    if sort == "kind":
        try:
            kind = kinds.get(name)
        except NotFound:
            return None
        href = reverse("record-list", args=[kind.plural])
        count: int | None = counts.get(name, 0)
        current = path.startswith((href, f"/records/{kind.prefix}-"))
    else:
        href = reverse(name)
        count = fixed.get(name)
        current = path == href if name in {"home", "records"} else path.startswith(href)
    return Entry(label, icon, href, count, current, target in hot and bool(count), GO_KEYS.get(target, ""))
