"""Cases of the checks on documented information. Today is 3 March 2026."""

from __future__ import annotations

from typing import Any

from plumbline.controls.cases import case
from plumbline.controls.library.cases.context_samples import scope
from plumbline.controls.library.cases.samples import (
    applicability,
    asked,
    attached,
    control,
    document,
    document_review,
    draft,
    first_approval,
    in_force,
    longest,
    method,
    objective,
    policy,
    treatment,
)

_REVIEWED = document_review(policy=None, document="DOC-1", next_review="2026-12-31")
_ASKED = (asked("4.3", "scope"), asked("5.2", "AI policy"))
_NAMING: dict[str, Any] = {"requirements": ["iso42001:4.3"]}
_SCOPE = document(type="scope", **_NAMING)
_STATEMENT = (asked("6.1.3", "statement", 2), control("A.2.2"), control("A.2.3"))
_LEFT_OUT = applicability("iso42001:A.2.3", applicable="no")
DOCUMENTS_ASKED = (
    case("nothing", "There are none: documents that the standard asks for."),
    case("fails", "0 of 2 documents", *_ASKED, population=2, denominator=2, numerator=0),
    case("passes", "2 of 2 documents", *_ASKED, _SCOPE, policy()),
    case("passes", "2 of 2 documents", *_ASKED, scope(), policy()),
    case("fails", "scope (4.3) is not there", *_ASKED, draft(scope()), policy()),
    case("fails", "method (6.1.2) is not there", asked("6.1.2", "method"), scope()),
    case("fails", "AI policy (5.2) is not there", *_ASKED, _SCOPE, draft(policy())),
    case("fails", "AI policy (5.2) is not there", *_ASKED, _SCOPE, policy(type="topic policy")),
    case("fails", "scope (4.3) is not there", *_ASKED, draft(_SCOPE), policy()),
    # a bought copy of the standard names every clause and answers none
    case("fails", "scope", *_ASKED, document(type="law or standard", **_NAMING), policy()),
    case("fails", "scope", *_ASKED, document(type="process", **_NAMING), policy()),
    case("fails", "scope", *_ASKED, document(type="scope", origin="external", **_NAMING), policy()),
    case("passes", "1 of 1", asked("6.1.2", "method"), method()),
    case("fails", "necessary controls", asked("6.1.3", "necessary controls", 3), _LEFT_OUT),
    case("passes", "1 of 1", asked("6.1.3", "necessary controls", 3), applicability("iso42001:A.2.2")),
    case("fails", "statement (6.1.3)", *_STATEMENT, applicability("iso42001:A.2.2")),
    case("passes", "1 of 1", *_STATEMENT, applicability("iso42001:A.2.2"), _LEFT_OUT),
    case("fails", "plan (6.1.3) is not there", asked("6.1.3", "plan", 4)),
    case("passes", "1 of 1", asked("6.1.3", "plan", 4), treatment()),
    case("passes", "1 of 1", asked("6.2", "objectives"), objective()),
)
_REVIEWED = document_review(policy=None, document="DOC-1")
_OVER = document_review(policy=None, document="DOC-1", next_review="2026-03-02")
DOCUMENTS_REVIEWED = (
    # a review sets the next day, and the text of the document no later one
    case("passes", "1 of 1", document(next_review="2026-03-02"), _REVIEWED),
    case("fails", "DOC-1 was due for review on 2 Mar", document(), _OVER),
    case("fails", "DOC-1 was due for review on 2 Mar", document(next_review="2026-03-02"), draft(_REVIEWED)),
    case("passes", "1 of 1", document()),
    case("fails", "has no owner", document(owner=None)),
    case("fails", "has no version", document(version="")),
    case("fails", "has no review date", document(next_review=None)),
    case("passes", "1 of 1", document(next_review=None, type="report")),
    case("fails", "was due for review on 2 Mar 2026", document(next_review="2026-03-02")),
    case("passes", "1 of 1", document(next_review="2026-03-03")),
    # 1,100 days from today are the limit itself
    case("passes", "1 of 1", document(next_review="2028-03-03")),
    case("fails", "on 4 Mar 2028, later than in 24 months", document(next_review="2028-03-04")),
    case("fails", "later than in 9 months", document(), longest("document.next_review", 9)),
    case(
        "fails",
        "POL-1",
        document(),
        policy(),
        longest("policy.next_review", 9),
        named=("POL-1",),
        denominator=2,
    ),
    # before the first review, the longest interval runs from the first approval, whatever is typed
    case("passes", "1 of 1", document(), first_approval("2024-03-03")),
    case("fails", "was to be reviewed by 2 Mar 2026", document(), first_approval("2024-03-02")),
    case("passes", "1 of 1", document(next_review=None, type="report"), first_approval("2020-01-01")),
    case("passes", "1 of 1", document(), first_approval("2024-03-02", "DOC-2")),
    case("passes", "1 of 1", document(), first_approval("2024-03-02"), _REVIEWED),
    case(
        "fails",
        "was to be reviewed by 3 Feb 2026",
        document(next_review="2026-11-01"),
        first_approval("2025-05-03"),
        longest("document.next_review", 9),
    ),
    case("fails", "POL-1 was to be", policy(), first_approval("2025-02-02", "POL-1"), named=("POL-1",)),
    # a draft of it changes nothing of what is in force
    case("passes", "1 of 1", in_force(document()), draft(document(version=""))),
    case("fails", "has no version", in_force(document(version="")), draft(document())),
    # from 1 February to 3 March are thirty days, which is the limit itself
    case("nothing", "There are none", draft(document(recorded="2026-02-01T23:00:00Z"), state="in review")),
    case(
        "fails",
        "for approval since 31 Jan 2026",
        draft(document(recorded="2026-01-31T00:00:00Z"), state="in review"),
    ),
    case("nothing", "There are none: documents and policies in use.", draft(document(recorded="2026-01-01"))),
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
    case("fails", "lacks a place", document(address="", dispose_on="2026-03-02")),
    case("passes", "1 of 1", document(dispose_on="2026-03-03")),
    case("fails", "lacks a distribution list", document(**_RESTRICTED)),
    case("passes", "1 of 1", document(**_RESTRICTED, distribution="the board")),
    case("passes", "1 of 1", document(classification="public")),
    case("fails", "lacks issuer and edition", document(**{**_EXTERNAL, "version": ""})),
    case("fails", "lacks issuer and edition", document(**{**_EXTERNAL, "issuer": ""})),
    case("passes", "1 of 1", document(**_EXTERNAL)),
    case("fails", "lacks a place and a retention rule", document(address="", retention_rule="")),
    case("nothing", "There are none: approved documents.", population=0),
)
