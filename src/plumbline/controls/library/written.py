"""Checks that something is in writing: an approved document of our own, of the type that is asked for (7.5).

Such a document shows that a thing is written down and no more. A bought copy of the standard names every
requirement and answers none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plumbline.controls.declare import check
from plumbline.controls.library.cases import written as cases
from plumbline.controls.library.population import Facts, overdue_review, ref
from plumbline.controls.verdicts import Evidence, Verdict, fails, passes
from plumbline.kernel.messages import Requirement, say


@dataclass(frozen=True)
class Written:
    """A document that one requirement asks for: what a reader calls it, and the types that it can have."""

    slug: str
    requirement: str
    what: str
    types: tuple[str, ...]


WRITTEN = (
    Written("scope-written", "4.3", "the scope of the AIMS", ("scope",)),
    Written("aims-described", "4.4", "the AIMS and its processes", ("process",)),
    Written("impact-process", "A.5.2", "how effects of AI systems are assessed", ("process", "method")),
    Written("development-process", "A.6.1.3", "how AI is developed responsibly", ("process",)),
    Written("use-process", "A.9.2", "how AI is used responsibly", ("process",)),
)


def answering(evidence: Evidence, requirement: str, types: tuple[str, ...]) -> list[Facts]:
    """Approved documents of our own in date, of one of ``types``, that name ``requirement``."""
    return [
        row
        for row in evidence.records["document"]
        if row["state"] == "approved"
        and row["origin"] == "own"
        and row["type"] in types
        and requirement in row["requirements"]
        and overdue_review(row, evidence.today) is None
    ]


def _judging(written: Written) -> Callable[[Evidence], Verdict]:
    asked = Requirement(f"iso42001:{written.requirement}")

    def judged(evidence: Evidence) -> Verdict:
        rows = answering(evidence, asked.id, written.types)
        if not rows:
            reason = say(
                "written.none", "No approved document of our own in date answers {requirement}.",
                requirement=asked,
            )  # fmt: skip
            return fails(reason, population=0)
        reason = say(
            "written.there", "{document} answers {requirement}.", document=ref(rows[0]), requirement=asked
        )
        return passes(reason, population=len(rows))

    judged.__doc__ = f"An approved document of our own, in date, says in writing: {written.what}."
    return judged


for _written in WRITTEN:
    check(
        f"iso42001:{_written.requirement}",
        slug=_written.slug,
        title=f"In writing: {_written.what}",
        finding=f"Not in writing: {_written.what}",
        over="organization",
        needs=("records:document",),
        cases=cases.of(_written.requirement, _written.types),
        decides=True,
    )(_judging(_written))
