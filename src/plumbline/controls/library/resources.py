"""Checks on what AI systems are made of and who supplies it: components, data, suppliers (A.4, A.7, A.10)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import resources as cases
from plumbline.controls.library.population import (
    NO_DATASETS,
    NO_LIVE_SYSTEMS,
    NO_SUPPLIERS,
    gaps,
    lacking,
    live,
    of_live,
    ref,
    refs,
    suppliers_of_live,
)
from plumbline.controls.verdicts import Evidence, Verdict, day_of, every, limit
from plumbline.kernel.messages import Message, Name, Word, say

_GOOD = frozenset({"suitable", "suitable with conditions"})
_MADE_HERE = frozenset({"own", "contracted", "mixed"})
_MADE_FROM = frozenset({"training", "validation", "test"})
"""Uses of data that go into the making of a system."""


@check(
    "iso42001:A.4.2",
    slug="components-registered",
    title="The components of live systems are recorded",
    finding="Live systems without recorded components",
    over="organization",
    needs=("claims:ai-system", "records:component"),
    cases=cases.COMPONENTS_REGISTERED,
)
def components_registered(evidence: Evidence) -> Verdict:
    """Every live AI system has at least one component in the register, with its version."""
    parts = of_live(evidence, "component")
    with_any = {system for row in parts for system in row["systems"]}
    versioned = {system for row in parts if row["version"] for system in row["systems"]}
    missing: dict[Name, Message] = {}
    for row in live(evidence):
        if row["reference"] not in with_any:
            missing[ref(row)] = say("component.none", "has no component")
        elif row["reference"] not in versioned:
            missing[ref(row)] = say("component.no-version", "has no component with a version")
    return every(
        "component.share", "{have} of {total} live systems have recorded components.", refs(live(evidence)),
        missing, none=NO_LIVE_SYSTEMS,
    )  # fmt: skip


@check(
    "iso42001:A.4.3",
    slug="data-registered",
    title="The data that live systems draw on is recorded",
    finding="Live systems without a recorded dataset",
    over="organization",
    needs=("claims:ai-system", "records:dataset"),
    cases=cases.DATA_REGISTERED,
)
def data_registered(evidence: Evidence) -> Verdict:
    """Every live AI system that was made here or for us, and is not rules alone, has a dataset on record."""
    systems = live(evidence)
    judged = [row for row in systems if row["sourcing"] in _MADE_HERE and row["technique"] != "rules"]
    known = {system for row in of_live(evidence, "dataset") for system in row["systems"]}
    no_dataset = say("dataset.none", "has no dataset")
    missing: dict[Name, Message] = {ref(row): no_dataset for row in judged if row["reference"] not in known}
    return every(
        "dataset.share",
        "{have} of {total} live systems made here have a recorded dataset.",
        refs(judged),
        missing,
        none=say("systems.none-made-here", "There are no live systems made here."),
        excluded=len(systems) - len(judged),
    )


@check(
    "iso42001:A.7.3",
    "iso42001:A.7.5",
    slug="data-provenance",
    title="Data of live systems has a known origin",
    finding="Datasets of unknown origin",
    over="organization",
    needs=("claims:ai-system", "records:dataset"),
    cases=cases.DATA_PROVENANCE,
)
def data_provenance(evidence: Evidence) -> Verdict:
    """For every dataset of a live AI system origin, provenance and the right to use it are recorded."""
    rows = of_live(evidence, "dataset")
    asked = {"origin": Word("origin"), "lineage": Word("provenance"), "rights": Word("the right to use it")}
    return every(
        "dataset.origin", "{have} of {total} datasets of live systems have a recorded origin.", refs(rows),
        gaps(rows, asked), none=NO_DATASETS,
    )  # fmt: skip


@check(
    "iso42001:A.7.4",
    slug="data-quality",
    title="Data of live systems meets the quality asked for",
    finding="Datasets without a judgement of quality",
    over="organization",
    needs=("claims:ai-system", "records:dataset"),
    cases=cases.DATA_QUALITY,
)
def data_quality(evidence: Evidence) -> Verdict:
    """For every dataset of a live AI system it is recorded how good it must be and how good it was found.

    A dataset whose review is overdue fails too. Whether the figures agree is for a person to judge.
    """
    rows, today = of_live(evidence, "dataset"), evidence.today
    missing = gaps(
        rows, {"quality_wanted": Word("quality asked for"), "quality_found": Word("quality found")}
    )
    for row in rows:
        review = day_of(row["next_review"])
        if review is not None and review < today:
            late = say("record.review-overdue", "was due for review on {day}", day=review)
            missing.setdefault(ref(row), late)
    return every(
        "dataset.quality",
        "{have} of {total} datasets of live systems say how good they are.",
        refs(rows),
        missing,
        none=NO_DATASETS,
    )


@check(
    "iso42001:A.7.6",
    slug="data-preparation",
    title="The preparation of data is recorded",
    finding="Datasets without a record of their preparation",
    over="organization",
    needs=("claims:ai-system", "records:dataset"),
    cases=cases.DATA_PREPARATION,
)
def data_preparation(evidence: Evidence) -> Verdict:
    """For every dataset that a live AI system was built or tested with, its preparation is recorded."""
    known = of_live(evidence, "dataset")
    rows = [row for row in known if _MADE_FROM.intersection(row["uses"])]
    return every(
        "dataset.preparation", "{have} of {total} datasets used to build or test say how they were prepared.",
        refs(rows), gaps(rows, {"preparation": Word("preparation")}),
        none=say("datasets.none-built-with", "There are no datasets used to build or test."),
        excluded=len(known) - len(rows),
    )  # fmt: skip


@check(
    "iso42001:A.10.3",
    "iso42001:8.1",
    slug="suppliers-assessed",
    title="Suppliers of live systems are assessed",
    finding="Suppliers without a current assessment",
    over="organization",
    needs=("claims:ai-system", "records:component", "records:dataset", "records:supplier"),
    limits=(limit("suppliers-assessed", 365, "days", why="suppliers are assessed at least yearly"),),
    cases=cases.SUPPLIERS_ASSESSED,
)
def suppliers_assessed(evidence: Evidence) -> Verdict:
    """Every supplier behind a live AI system was assessed, found suitable, and not too long ago.

    Suppliers count through the system itself, its components and its data.
    """
    bound, suppliers = evidence.limit("suppliers-assessed"), suppliers_of_live(evidence)
    missing: dict[Name, Message] = {}
    for row in suppliers:
        day = day_of(row["assessed_on"])
        if day is None or row["diligence"] == "not done":
            missing[ref(row)] = say("supplier.never", "was never assessed")
        elif row["diligence"] not in _GOOD:
            missing[ref(row)] = say("supplier.found", "was found {finding}", finding=Word(row["diligence"]))
        elif (evidence.today - day).days > bound.value:
            missing[ref(row)] = say("record.last-assessed", "was last assessed on {day}", day=day)
    return every(
        "supplier.share",
        "{have} of {total} suppliers of live systems are assessed and suitable.",
        refs(suppliers),
        missing,
        none=NO_SUPPLIERS,
    )


@check(
    "iso42001:A.10.2",
    slug="duties-shared-out",
    title="Responsibilities are agreed with suppliers",
    finding="Suppliers without agreed responsibilities",
    over="organization",
    needs=("claims:ai-system", "records:component", "records:dataset", "records:supplier"),
    cases=cases.DUTIES_SHARED_OUT,
)
def duties_shared_out(evidence: Evidence) -> Verdict:
    """With every supplier behind a live AI system it is written who does what, under a contract that runs."""
    suppliers, today = suppliers_of_live(evidence), evidence.today
    asked = {"responsibilities": Word("who is responsible for what"), "contract": Word("a contract")}
    missing: dict[Name, Message] = {}
    for row in suppliers:
        gap, ends = lacking(row, asked), day_of(row["contract_until"])
        if gap is not None:
            missing[ref(row)] = gap
        elif ends is not None and ends < today:
            missing[ref(row)] = say("supplier.contract-ended", "has a contract that ended on {day}", day=ends)
    return every(
        "supplier.duties", "{have} of {total} suppliers of live systems have agreed responsibilities.",
        refs(suppliers), missing, none=NO_SUPPLIERS,
    )  # fmt: skip
