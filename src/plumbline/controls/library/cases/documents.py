"""Cases of the checks on documented information. Today is 3 March 2026."""

from __future__ import annotations

from plumbline.controls.cases import case
from plumbline.controls.library.cases.samples import (
    applicability,
    asked,
    attached,
    document,
    objective,
    policy,
)

_ASKED = (asked("4.3", "scope"), asked("5.2", "AI policy"))
_SCOPE = document(requirements=["iso42001:4.3"])
DOCUMENTS_ASKED = (
    case("fails", "No approved document names a sub-clause.", *_ASKED, population=0, denominator=2),
    case("passes", "2 of 2 documents", *_ASKED, _SCOPE, policy()),
    case("fails", "5.2 lacks its AI policy", *_ASKED, _SCOPE, policy(state="draft"), named=("iso42001:5.2",)),
    case(
        "fails",
        "4.3 lacks its scope",
        *_ASKED,
        document(state="draft", requirements=["iso42001:4.3"]),
        policy(),
    ),
    case(
        "passes",
        "2 of 2",
        *(
            asked("6.1.3", "statement"),
            asked("6.2", "objectives"),
            applicability("iso42001:A.2.2"),
            objective(),
        ),
    ),
)
DOCUMENTS_REVIEWED = (
    case("passes", "1 of 1", document(), excluded=0),
    case("fails", "has no owner", document(owner=None)),
    case("fails", "has no version", document(version="")),
    case("fails", "has no review date", document(next_review=None)),
    case("passes", "1 of 1", document(next_review=None, type="report")),
    case("fails", "was due for review on 2 Mar 2026", document(next_review="2026-03-02")),
    case("passes", "1 of 1", document(next_review="2026-03-03")),
    # from 1 February to 3 March are thirty days, which is the limit itself
    case("passes", "1 of 1", document(state="in review", recorded="2026-02-01T23:00:00Z")),
    case(
        "fails",
        "for approval since 31 Jan 2026",
        document(state="in review", recorded="2026-01-31T00:00:00Z"),
    ),
    case("unknown", "There are no documents", document(state="draft"), excluded=1),
    case("unknown", "There are no documents", document(state="retired"), excluded=0),
    case("fails", "POL-1", document(), policy(next_review="2026-01-01"), named=("POL-1",), denominator=2),
)
_RESTRICTED = {"classification": "restricted"}
_EXTERNAL = {"origin": "external", "issuer": "a body", "version": "2"}
DOCUMENTS_KEPT = (
    case("passes", "1 of 1", document()),
    case("fails", "lacks a place", document(address="")),
    case("passes", "1 of 1", document(address="", text="Our scope is ...")),
    case("passes", "1 of 1", document(address=""), attached("DOC-1")),
    case("fails", "lacks a place", document(address=""), attached("DOC-2")),
    case("fails", "lacks a retention rule", document(retention_rule=""), named=("DOC-1",)),
    case("passes", "1 of 1", document(retention_rule="", dispose_on="2030-01-01")),
    case("fails", "was to be disposed of on 2 Mar 2026", document(dispose_on="2026-03-02")),
    case("passes", "1 of 1", document(dispose_on="2026-03-03")),
    case("fails", "lacks a distribution list", document(**_RESTRICTED)),
    case("passes", "1 of 1", document(**_RESTRICTED, distribution="the board")),
    case("passes", "1 of 1", document(classification="public")),
    case("fails", "lacks issuer and edition", document(**{**_EXTERNAL, "version": ""})),
    case("fails", "lacks issuer and edition", document(**{**_EXTERNAL, "issuer": ""})),
    case("passes", "1 of 1", document(**_EXTERNAL)),
    case("fails", "lacks a place and a retention rule", document(address="", retention_rule="")),
    case("unknown", "There are no approved documents", document(state="draft")),
)
