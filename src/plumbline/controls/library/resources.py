"""Checks on what AI systems are made of and who supplies it: components, data, suppliers (A.4, A.7, A.10)."""

from __future__ import annotations

from plumbline.controls.declare import Evidence, Verdict, check, day_of, every
from plumbline.controls.library.population import gaps, lacking, live, named, of_live, suppliers_of_live

_GOOD = frozenset({"suitable", "suitable with conditions"})
_MADE_HERE = frozenset({"own", "contracted", "mixed"})
_MADE_FROM = frozenset({"training", "validation", "test"})
"""Uses of data that go into the making of a system."""


@check(
    "iso42001:A.4.2",
    "iso42001:A.4.4",
    slug="components-registered",
    title="It is recorded what live systems are made of",
    over="organization",
    needs=("records:ai-system", "records:component"),
)
def components_registered(evidence: Evidence) -> Verdict:
    """Every live AI system has at least one component in the register, with its version."""
    systems, missing = live(evidence), {}
    parts = of_live(evidence, "component")
    with_any = {system for row in parts for system in row["systems"]}
    versioned = {system for row in parts if row["version"] for system in row["systems"]}
    for name in named(*systems):
        if name not in with_any:
            missing[name] = "has no component"
        elif name not in versioned:
            missing[name] = "has no component with a version"
    return every("live systems", "have recorded components", named(*systems), missing)


@check(
    "iso42001:A.4.3",
    slug="data-registered",
    title="It is recorded what data live systems draw on",
    over="organization",
    needs=("records:ai-system", "records:dataset"),
)
def data_registered(evidence: Evidence) -> Verdict:
    """Every live AI system that was made here or for us, and is not rules alone, has a dataset on record."""
    systems = live(evidence)
    judged = [row for row in systems if row["sourcing"] in _MADE_HERE and row["technique"] != "rules"]
    known = {system for row in of_live(evidence, "dataset") for system in row["systems"]}
    missing = {name: "has no dataset" for name in named(*judged) if name not in known}
    bought = len(systems) - len(judged)
    return every("live systems made here", "have a recorded dataset", named(*judged), missing, bought)


@check(
    "iso42001:A.7.3",
    "iso42001:A.7.5",
    "iso42001:A.4.3",
    slug="data-provenance",
    title="Data of live systems has a known origin",
    over="organization",
    needs=("records:ai-system", "records:dataset"),
)
def data_provenance(evidence: Evidence) -> Verdict:
    """For every dataset of a live AI system origin, provenance and the right to use it are recorded."""
    rows = of_live(evidence, "dataset")
    missing = gaps(rows, {"origin": "origin", "lineage": "provenance", "rights": "right to use it"})
    return every("datasets of live systems", "have a recorded origin", named(*rows), missing)


@check(
    "iso42001:A.7.4",
    slug="data-quality",
    title="Data of live systems is as good as was asked for",
    over="organization",
    needs=("records:ai-system", "records:dataset"),
)
def data_quality(evidence: Evidence) -> Verdict:
    """For every dataset of a live AI system it is recorded how good it must be and how good it was found.

    A dataset whose review is overdue fails too. Whether the figures agree is for a person to judge.
    """
    rows, today = of_live(evidence, "dataset"), evidence.now.date()
    missing = gaps(rows, {"quality_wanted": "quality asked for", "quality_found": "quality found"})
    for row in rows:
        review = day_of(row["next_review"])
        if review is not None and review < today:
            missing.setdefault(str(row["reference"]), f"was due for review on {review}")
    return every("datasets of live systems", "say how good they are", named(*rows), missing)


@check(
    "iso42001:A.7.6",
    slug="data-preparation",
    title="It is recorded how data was prepared",
    over="organization",
    needs=("records:ai-system", "records:dataset"),
)
def data_preparation(evidence: Evidence) -> Verdict:
    """For every dataset that a live AI system was built or tested with, its preparation is recorded."""
    known = of_live(evidence, "dataset")
    rows = [row for row in known if _MADE_FROM.intersection(row["uses"])]
    missing = gaps(rows, {"preparation": "preparation"})
    other = len(known) - len(rows)
    return every("datasets built or tested with", "say how they were prepared", named(*rows), missing, other)


@check(
    "iso42001:A.10.3",
    "iso42001:8.1",
    slug="suppliers-assessed",
    title="Suppliers of live systems are assessed",
    over="organization",
    needs=("records:ai-system", "records:component", "records:dataset", "records:supplier"),
    limits=("suppliers-assessed",),
)
def suppliers_assessed(evidence: Evidence) -> Verdict:
    """Every supplier behind a live AI system was assessed, found suitable, and not too long ago.

    Suppliers count through the system itself, its components and its data.
    """
    limit, suppliers, missing = evidence.limit("suppliers-assessed"), suppliers_of_live(evidence), {}
    for row in suppliers:
        assessed = day_of(row["assessed_on"])
        if assessed is None or row["diligence"] == "not done":
            missing[str(row["reference"])] = "was never assessed"
        elif row["diligence"] not in _GOOD:
            missing[str(row["reference"])] = f"was found {row['diligence']}"
        elif (evidence.now.date() - assessed).days > limit.value:
            missing[str(row["reference"])] = f"was last assessed on {assessed}"
    return every("suppliers of live systems", "are assessed and suitable", named(*suppliers), missing)


@check(
    "iso42001:A.10.2",
    slug="duties-shared-out",
    title="It is agreed with suppliers who answers for what",
    over="organization",
    needs=("records:ai-system", "records:component", "records:dataset", "records:supplier"),
)
def duties_shared_out(evidence: Evidence) -> Verdict:
    """With every supplier behind a live AI system it is written who does what, under a contract that runs."""
    suppliers, today, missing = suppliers_of_live(evidence), evidence.now.date(), {}
    for row in suppliers:
        ends = day_of(row["contract_until"])
        lacks = lacking(row, {"responsibilities": "who is responsible for what", "contract": "a contract"})
        if lacks:
            missing[str(row["reference"])] = f"lacks {', '.join(lacks)}"
        elif ends is not None and ends < today:
            missing[str(row["reference"])] = f"has a contract that ended on {ends}"
    return every("suppliers of live systems", "have agreed duties", named(*suppliers), missing)
