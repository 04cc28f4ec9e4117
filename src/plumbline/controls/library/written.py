"""Checks that something is in writing: an approved document of our own, of the type that is asked for (7.5).

Such a document shows that a thing is written down and no more. A bought copy of the standard names every
requirement and answers none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plumbline.controls.declare import Severity, check
from plumbline.controls.library.cases import written as cases
from plumbline.controls.library.gaps import (
    DOCUMENT_REVIEW,
    LONGEST_INTERVALS,
    Facts,
    any_current,
    ref,
)
from plumbline.controls.library.reviews import REVIEWS, not_reviewed
from plumbline.controls.populations import Member, MemberCheck, Population, share
from plumbline.controls.verdicts import Evidence
from plumbline.kernel.messages import Message, Requirement, Word, say
from plumbline.kernel.states import Strength


@dataclass(frozen=True)
class Written:
    """A document that one requirement asks for: what a reader calls it, and the types that it can have.

    ``kind`` is the kind of record that says the same, where there is one: such a record in force is in
    writing too.
    """

    slug: str
    requirement: str
    what: str
    types: tuple[str, ...]
    severity: Severity = "minor"
    kind: str = ""


WRITTEN = (
    Written("scope-written", "4.3", "the scope of the AIMS", ("scope",), kind="scope"),
    Written("aims-described", "4.4", "the AIMS and its processes", ("process",)),
    Written("risk-method", "6.1.2", "how AI risks are assessed", ("method", "process"), "major"),
    Written("concern-process", "A.3.3", "how people inside raise concerns", ("process", "plan")),
    Written("harm-channel", "A.8.3", "how people outside report harm", ("process", "plan")),
    Written(
        "duties-written",
        "A.3.2",
        "who answers for what",
        ("process", "method", "plan"),
        kind="responsibility",
    ),
    Written("impact-process", "A.5.2", "how effects of AI systems are assessed", ("process", "method")),
    Written("development-process", "A.6.1.3", "how AI is developed responsibly", ("process",)),
    Written("data-process", "A.7.2", "how data for AI is managed", ("process", "method", "plan")),
    Written("incident-plan", "A.8.4", "how users hear of incidents", ("plan", "process"), "major"),
    Written("use-process", "A.9.2", "how AI is used responsibly", ("process",)),
)


def answering(evidence: Evidence, requirement: str, types: tuple[str, ...]) -> list[Facts]:
    """Documents of our own in force, of one of ``types``, that name ``requirement``."""
    return [
        row
        for row in evidence.records["document"]
        if row["origin"] == "own" and row["type"] in types and requirement in row["requirements"]
    ]


def _judging(written: Written) -> MemberCheck:
    asked = f"iso42001:{written.requirement}"

    def judged(member: Member, evidence: Evidence) -> Message | None:
        late = say("written.none", "is in no approved document of our own")
        if written.kind:
            of_kind = any_current(evidence.records[written.kind], evidence, written.kind)
            if of_kind is None:
                return None
            late = of_kind if evidence.records[written.kind] else late
        for row in answering(evidence, asked, written.types):
            fault = not_reviewed(row, evidence, DOCUMENT_REVIEW)
            if fault is None:
                return None
            late = say("written.late", "is in {document}, which {fault}", document=ref(row), fault=fault)
        return late

    judged.__doc__ = (
        f"An approved document of our own, with a review to come, says in writing {written.what}."
        + (" A record of its own kind in force does as well." if written.kind else "")
    )
    return judged


def _asked(written: Written) -> Callable[[Evidence], list[Member]]:
    return lambda _: [Member(Requirement(f"iso42001:{written.requirement}"))]


for _written in WRITTEN:
    check(
        f"iso42001:{_written.requirement}",
        slug=_written.slug,
        title=f"In writing: {_written.what}",
        finding=f"Not in writing: {_written.what}",
        over="organization",
        needs=(
            "records:document",
            *((f"records:{_written.kind}",) if _written.kind else ()),
            LONGEST_INTERVALS,
            REVIEWS,
        ),
        population=Population(_written.slug, Word(_written.what), (), _asked(_written)),
        share=share("written.share", "{have} of {total} asked for is in writing."),
        strength=Strength.RECORDED,
        severity=_written.severity,
        cases=cases.of(_written.requirement, _written.types, _written.kind),
    )(_judging(_written))
