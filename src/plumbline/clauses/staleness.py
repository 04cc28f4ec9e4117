"""What a change of a release makes stale: which sections, risks, validations and texts, and nothing else.

Pure. A part that changed touches what says something about that part. What was renewed after the release was
frozen is not stale any more; who looked at a thing since then has looked at it with the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from plumbline.kernel import release_parts as parts
from plumbline.kernel import tiers

Row = Mapping[str, Any]

SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("basis", "group_effects", "failures"),
    "prompt": ("misuse", "failures"),
    "dataset": ("basis", "group_effects"),
    "tool": ("misuse", "failures", "human_role"),
    "software": ("failures",),
    "purpose": ("intended_use", "misuse", "groups", "benefits", "individuals", "group_effects", "society"),
    "region": ("setting", "groups"),
}
"""Sections of an impact assessment that speak of a part (6.1.4; the parts of ISO/IEC 42005)."""
SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("C.3.2", "C.3.4"),
    "prompt": ("C.3.2",),
    "dataset": ("C.3.4",),
    "tool": ("C.3.3",),
    "software": ("C.3.5",),
    "purpose": ("C.3.1", "C.3.3"),
    "region": ("C.3.1",),
}
"""Risk sources (C.3) from which a risk comes that a part bears on."""
TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("design",),
    "prompt": ("design",),
    "dataset": ("design",),
    "tool": ("design", "instructions"),
    "software": ("design",),
    "purpose": ("design", "instructions", "notice"),
    "region": ("instructions", "notice"),
}
"""Types of documents that speak of a part; *notice* is what people are told of the system."""


@dataclass(frozen=True)
class Stale:
    """A record to be looked at anew: its kind and reference, the ``fields`` that are concerned (none: all of
    it), and the ``parts`` whose change concerns it."""

    kind: str
    reference: str
    parts: tuple[str, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What is in force around a system: rows of it. ``validations`` are those that were confirmed, and
    ``releases`` those that a notice may speak of."""

    assessments: tuple[Row, ...] = ()
    risks: tuple[Row, ...] = ()
    validations: tuple[Row, ...] = ()
    documents: tuple[Row, ...] = ()
    communications: tuple[Row, ...] = ()
    notices: tuple[Row, ...] = ()
    releases: tuple[Row, ...] = ()


def changed_parts(before: Row, after: Row) -> tuple[str, ...]:
    """Sorts of parts in which two releases differ."""
    return tuple(dict.fromkeys(one.part for one in parts.changes(before["content"], after["content"])))


def stale(before: Row, after: Row, around: Around) -> list[Stale]:
    """What has to be looked at anew since ``after`` differs from ``before``, two releases as rows."""
    changed = changed_parts(before, after)
    if not changed:
        return []
    names = {one.name for one in parts.changes(before["content"], after["content"])}
    frozen = str(after["content"].get("frozen", ""))
    return [
        *_assessments(changed, before, after, around.assessments),
        *_risks(changed, names, frozen, around.risks),
        *_validations(changed, before, after, around.validations),
        *_texts(changed, frozen, around),
        *_notices(changed, before, after, around),
    ]


def _touched(changed: Iterable[str], table: Mapping[str, tuple[str, ...]], word: str) -> tuple[str, ...]:
    return tuple(part for part in changed if word in table[part])


def _assessments(changed: tuple[str, ...], before: Row, after: Row, rows: Iterable[Row]) -> Iterable[Stale]:
    every = list(rows)
    if any(row["version"] == after["version"] for row in every):
        return
    of_before = [row for row in every if row["version"] == before["version"]]
    newest = max(of_before, key=lambda row: (str(row["assessed_on"]), row["reference"]), default=None)
    if newest is not None:
        fields = tuple(dict.fromkeys(name for part in changed for name in SECTIONS[part]))
        yield Stale("impact-assessment", newest["reference"], changed, fields)


def _risks(changed: tuple[str, ...], names: set[str], frozen: str, rows: Iterable[Row]) -> Iterable[Stale]:
    for row in rows:
        if str(row["approved_at"] or "") > frozen:
            continue
        source = str(row["source"] or "").partition(":")[2]
        # A risk of which nobody says where it comes from may come from anything.
        touched = _touched(changed, SOURCES, source) if source else changed
        if touched or names & {link["target"] for link in row["links"]}:
            yield Stale("risk", row["reference"], touched or changed)


def _validations(changed: tuple[str, ...], before: Row, after: Row, rows: Iterable[Row]) -> Iterable[Stale]:
    for row in rows:
        if tiers.holds_for(row, before) and not tiers.holds_for(row, after):
            depends = tuple(row["depends_on"]) or parts.PARTS
            yield Stale("validation", row["reference"], tuple(one for one in changed if one in depends))


def _texts(changed: tuple[str, ...], frozen: str, around: Around) -> Iterable[Stale]:
    typed = [("document", row, row["type"]) for row in around.documents]
    typed += [("communication", row, "notice") for row in around.communications]
    for kind, row, type_ in typed:
        touched = _touched(changed, TEXTS, type_)
        if touched and str(row["approved_at"] or "") <= frozen:
            yield Stale(kind, row["reference"], touched)


def _notices(changed: tuple[str, ...], before: Row, after: Row, around: Around) -> Iterable[Stale]:
    """What is told of the system rests on its purpose and regions, and on the parts that a notice names."""
    frozen = str(after["content"].get("frozen", ""))
    contents = {row["reference"]: row["content"] for row in around.releases}
    differs = parts.changes(before["content"], after["content"])
    for row in around.notices:
        of_all = _touched(changed, TEXTS, "notice") if str(row["approved_at"] or "") <= frozen else ()
        touched = {*of_all, *_spoken_of(row, differs), *_of_releases(row, after, contents)}
        in_order = tuple(part for part in changed if part in touched)
        if in_order:
            yield Stale("information-notice", row["reference"], in_order)


def _spoken_of(row: Row, differs: Iterable[parts.Change]) -> Iterable[str]:
    """Sorts of the components and data that changed since a notice spoke of them."""
    named = {*row["components"], *row["datasets"]}
    told = (row["content"] or {}).get("parts", {})
    return (one.part for one in differs if one.name in named and told.get(one.name) != one.after)


def _of_releases(row: Row, after: Row, contents: Mapping[str, Row]) -> Iterable[str]:
    """Sorts in which a release differs from those that a notice speaks of; none if it speaks of it too."""
    if after["reference"] in row["releases"]:
        return ()
    known = [contents[name] for name in row["releases"] if name in contents]
    return (one.part for content in known for one in parts.changes(content, after["content"]))
