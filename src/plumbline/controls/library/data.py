"""Checks on the data of AI systems: recorded, of known origin, good enough (A.4.3, A.7)."""

from __future__ import annotations

from plumbline.controls.declare import check
from plumbline.controls.library.cases import data as cases
from plumbline.controls.library.gaps import Facts, overdue_review, says_too_little
from plumbline.controls.library.population import (
    BUILT_WITH,
    DATASETS,
    LEARNED_HERE,
    in_force,
    of_system,
)
from plumbline.controls.populations import Member, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Word, say
from plumbline.kernel.states import Strength


@check(
    "iso42001:A.4.3",
    slug="data-registered",
    title="The data that live systems draw on is recorded",
    finding="Live systems without a recorded dataset",
    over="organization",
    needs=("records:dataset",),
    population=LEARNED_HERE,
    share=share("dataset.share", "{have} of {total} live systems made here have a recorded dataset."),
    strength=Strength.RECORDED,
    cases=cases.DATA_REGISTERED,
)
def data_registered(member: Member, evidence: Evidence) -> Message | None:
    """Every live AI system that was made here or for us, and is not rules alone, has an approved dataset."""
    return None if of_system(member, evidence, "dataset") else say("dataset.none", "has no dataset")


def _described(member: Member, evidence: Evidence, asked: dict[str, Word]) -> Facts | Message:
    """The dataset in force, or what keeps it from counting: nobody approved it, or it says too little."""
    if not member.row["dataset"]:
        return say("dataset.none", "has no dataset")
    row = in_force(evidence, "dataset", member.row["dataset"])
    if row is None:
        return say("record.not-approved", "is not approved")
    return says_too_little(row, asked) or row


@check(
    "iso42001:A.7.3",
    "iso42001:A.7.5",
    slug="data-provenance",
    title="Data of live systems has a known origin",
    finding="Datasets of unknown origin",
    over="organization",
    needs=(),
    population=DATASETS,
    share=share("dataset.origin", "{have} of {total} datasets of live systems have a recorded origin."),
    strength=Strength.RECORDED,
    cases=cases.DATA_PROVENANCE,
)
def data_provenance(member: Member, evidence: Evidence) -> Message | None:
    """For every dataset of a live AI system origin, provenance and the right to use it are recorded."""
    asked = {"origin": Word("origin"), "lineage": Word("provenance"), "rights": Word("the right to use it")}
    described = _described(member, evidence, asked)
    return described if isinstance(described, Message) else None


@check(
    "iso42001:A.7.4",
    slug="data-quality",
    title="Data of live systems meets the quality asked for",
    finding="Datasets that are not good enough or not judged",
    over="organization",
    needs=(),
    population=DATASETS,
    share=share("dataset.quality", "{have} of {total} datasets of live systems are good enough."),
    strength=Strength.RECORDED,
    cases=cases.DATA_QUALITY,
)
def data_quality(member: Member, evidence: Evidence) -> Message | None:
    """For every dataset of a live AI system it is recorded how good it must be, and it was found good enough.

    A dataset whose review is overdue fails too.
    """
    asked = {"quality_wanted": Word("quality asked for"), "quality_found": Word("quality found")}
    described = _described(member, evidence, asked)
    if isinstance(described, Message):
        return described
    verdict = described["quality_verdict"]
    if verdict != "good enough":
        return say("dataset.verdict", "was found {verdict}", verdict=Word(verdict))
    return overdue_review(described, evidence.today)


@check(
    "iso42001:A.7.6",
    slug="data-preparation",
    title="The preparation of data is recorded",
    finding="Datasets without a record of their preparation",
    over="organization",
    needs=(),
    population=BUILT_WITH,
    share=share(
        "dataset.preparation", "{have} of {total} datasets of live systems say how they were prepared."
    ),
    strength=Strength.RECORDED,
    cases=cases.DATA_PREPARATION,
)
def data_preparation(member: Member, evidence: Evidence) -> Message | None:
    """For every dataset that a live AI system was built or tested with, its preparation is recorded."""
    described = _described(member, evidence, {"preparation": Word("preparation")})
    return described if isinstance(described, Message) else None
