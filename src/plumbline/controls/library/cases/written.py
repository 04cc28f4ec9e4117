"""Cases of the checks that something is in writing. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import Case, case
from plumbline.controls.library.cases.context_samples import responsibility, scope
from plumbline.controls.library.cases.samples import (
    document,
    draft,
    longest,
)

_OF_KIND = {"scope": scope, "responsibility": responsibility}


def of(number: str, types: tuple[str, ...], kind: str = "") -> tuple[Case, ...]:
    """The cases of a check that a document of one of ``types``, or a record of ``kind``, answers requirement
    ``number``."""
    asked: dict[str, Any] = {"type": types[0], "requirements": [f"iso42001:{number}"]}
    late = document("DOC-2", **asked, next_review="2026-03-02")
    return (
        case("fails", f"{number} is in no approved document of our own", population=1),
        case("fails", "is in no approved", document(type=types[0], requirements=["iso42001:7.4"])),
        *(case("passes", "1 of 1", document(**{**asked, "type": type})) for type in types),
        case("passes", "1 of 1", document(**asked, next_review="2026-03-03")),
        case("fails", "is in no approved", document(**asked, origin="external")),
        case("fails", "is in no approved", document(**{**asked, "type": "law or standard"})),
        case("fails", "is in DOC-2, which was due for review on 2 Mar 2026", late),
        case("passes", "1 of 1", document(**asked), late),
        # a plan without a review date is not the best of all plans
        case("fails", "is in DOC-1, which has no review date", document(**asked, next_review=None)),
        case("fails", "later than in 24 months", document(**asked, next_review="2099-01-01")),
        case("fails", "later than in 9 months", document(**asked), longest("document.next_review", 9)),
        *(_of_kind(kind) if kind else ()),
    )


def _of_kind(kind: str) -> tuple[Case, ...]:
    """The cases in which a record of ``kind`` says it in place of a document."""
    record = _OF_KIND[kind]
    return (
        case("passes", "1 of 1", record()),
        case("passes", "1 of 1", record(next_review="2026-03-03")),
        case("fails", "which was due for review on 2 Mar 2026", record(next_review="2026-03-02")),
        case("fails", "is in no approved document of our own", draft(record())),
    )
