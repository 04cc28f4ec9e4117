"""Frozen documents over HTTP: versions of the statement of applicability and of the posture, as CSV and
compared, and two management reviews compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.http import StreamingHttpResponse

from plumbline.api import parsing
from plumbline.api.operations import REFERENCE, Answer, Call, Operation, Parameter, Reply
from plumbline.api.records import AS_OF, instant, saved_answer
from plumbline.api.schemas import COUNT, TEXT, listed, ref, thing
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.reports import (
    frozen_changes,
    frozen_versions,
    posture_versions,
    review,
    review_changes,
    review_versions,
    statement_changes,
    statement_versions,
)
from plumbline.reports.frozen_changes import Comparison
from plumbline.reports.frozen_versions import Series, Version

TAG = "reports"
_HEAD = {"reference": TEXT, "title": TEXT, "state": TEXT, "version": COUNT, "day": TEXT, "sha256": TEXT}
VERSION = thing(**_HEAD, content={"type": "object"})
CHANGE = thing(number=TEXT, title=TEXT, what=TEXT, text=TEXT, message={"type": "object"})
COMPARISON = thing(earlier=thing(**_HEAD), later=thing(**_HEAD), changes=listed(CHANGE))

REVIEW_CHANGE = thing(section=TEXT, title=TEXT, what=TEXT, about=TEXT, text=TEXT, message={"type": "object"})
REVIEW_COMPARISON = thing(earlier=TEXT, later=TEXT, changes=listed(REVIEW_CHANGE))


@dataclass(frozen=True)
class _Document:
    """A versioned document: where it is read, how its operations are called, and what its room answers."""

    address: str
    name: str
    words: str
    series: Series
    csv_text: Callable[[Version], Iterator[str]]
    compare: Callable[[Actor, str, str], Comparison]


_DOCUMENTS = (
    _Document(
        "/applicability", "Statement", "statement", statement_versions.SERIES, statement_versions.csv_text,
        statement_changes.compare,
    ),
    _Document(
        "/posture", "Posture", "posture", posture_versions.SERIES, posture_versions.csv_text,
        posture_versions.compare,
    ),
)  # fmt: skip


def _frozen(document: _Document, call: Call) -> Answer:
    found = frozen_versions.find(document.series, call.actor, call.pieces["reference"])
    return Answer(frozen_versions.as_dict(found))


def _csv(document: _Document, call: Call) -> Answer:
    policy.require(call.actor, "export", kind=document.series.kind, anywhere=True)
    found = frozen_versions.find(document.series, call.actor, call.pieces["reference"])
    response = StreamingHttpResponse(document.csv_text(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.csv"'
    return Answer(response=response)


def _comparison(document: _Document, call: Call) -> Answer:
    earlier, later = call.query.get("earlier", ""), call.query.get("later", "")
    return Answer(frozen_changes.as_dict(document.compare(call.actor, earlier, later)))


def _reviews(call: Call) -> Answer:
    found = review_changes.compare(call.actor, call.pieces["reference"], call.query.get("earlier", ""))
    return Answer(review_changes.as_dict(found))


def _of_document(document: _Document) -> Iterator[Operation]:
    base, pieces = f"{document.address}/versions/{{reference}}", {"reference": REFERENCE}
    either = "Reference of a version, “now”, or a day such as 2026-11-20."
    yield Operation(
        "GET", base, f"readFrozen{document.name}", f"What a version of the {document.words} froze",
        partial(_frozen, document), tag=TAG, pieces=pieces,
        replies={200: Reply("What is frozen of its day, and its SHA-256.", VERSION)},
    )  # fmt: skip
    yield Operation(
        "GET", f"{base}.csv", f"exportFrozen{document.name}", "The same as CSV", partial(_csv, document),
        tag=TAG, pieces=pieces, replies={200: Reply("CSV (RFC 4180).", TEXT, "text/csv")},
    )  # fmt: skip
    yield Operation(
        "GET", f"{document.address}/comparison", f"compare{document.name}s",
        f"What changed from one version of the {document.words} to another", partial(_comparison, document),
        tag=TAG,
        query=(
            Parameter("earlier", TEXT, f"{either} Without it, the one approved before the later one."),
            Parameter("later", TEXT, f"{either} Without it, the newest approved one."),
        ),
        problems=(404, 409, 422), replies={200: Reply("Every change in a sentence.", COMPARISON)},
    )  # fmt: skip


def _review(call: Call) -> Answer:
    found = review_versions.version(call.actor, call.pieces["reference"], instant(call))
    return Answer(review_versions.as_dict(found))


def _gather(call: Call) -> Answer:
    revision = parsing.seen_revision(call.request)
    return saved_answer(review.prepare(call.actor, call.pieces["reference"], revision), 200)


def operations() -> Iterator[Operation]:
    """Frozen versions of the statement of applicability and of the posture, and reviews compared."""
    for document in _DOCUMENTS:
        yield from _of_document(document)
    yield Operation(
        "GET", "/management-reviews/{reference}/comparison", "compareManagementReviews",
        "What was otherwise in an earlier management review", _reviews,
        tag="management reviews", pieces={"reference": REFERENCE},
        query=(Parameter("earlier", TEXT, "Reference of a review. Default: the one approved before."),),
        problems=(404, 409), replies={200: Reply("Every difference in a sentence.", REVIEW_COMPARISON)},
    )  # fmt: skip
    yield Operation(
        "GET", "/management-reviews/{reference}/frozen", "readFrozenReview",
        "What was put before a management review, with its number and digest", _review,
        tag="management reviews", pieces={"reference": REFERENCE}, query=(AS_OF,), problems=(404, 422),
        replies={200: Reply("The frozen inputs, and their SHA-256; version 0 is not approved.", VERSION)},
    )  # fmt: skip
    yield Operation(
        "POST", "/management-reviews/{reference}/gather", "gatherReviewInputs",
        "Gather the inputs of a management review and freeze them into it", _gather,
        tag="management reviews", pieces={"reference": REFERENCE}, guarded=True,
        problems=(404, 409, 412, 428), replies={200: Reply("They are frozen.", ref("Saved"))},
    )  # fmt: skip
