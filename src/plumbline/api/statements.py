"""Frozen documents over HTTP: versions of the statement of applicability, as CSV and compared, and two
management reviews compared."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import StreamingHttpResponse

from plumbline.api.operations import REFERENCE, Answer, Call, Operation, Parameter, Reply
from plumbline.api.schemas import COUNT, TEXT, listed, thing
from plumbline.identity import policy
from plumbline.reports import review_changes, statement_changes, statement_versions

TAG = "reports"
_HEAD = {"reference": TEXT, "title": TEXT, "state": TEXT, "version": COUNT, "day": TEXT, "sha256": TEXT}
VERSION = thing(**_HEAD, content={"type": "object"})
CHANGE = thing(number=TEXT, title=TEXT, what=TEXT, text=TEXT, message={"type": "object"})
COMPARISON = thing(earlier=thing(**_HEAD), later=thing(**_HEAD), changes=listed(CHANGE))

REVIEW_CHANGE = thing(section=TEXT, title=TEXT, what=TEXT, about=TEXT, text=TEXT, message={"type": "object"})
REVIEW_COMPARISON = thing(earlier=TEXT, later=TEXT, changes=listed(REVIEW_CHANGE))


def _version(call: Call) -> Answer:
    found = statement_versions.version(call.actor, call.pieces["reference"])
    return Answer(statement_versions.as_dict(found))


def _csv(call: Call) -> Answer:
    policy.require(call.actor, "export", kind=statement_versions.KIND, anywhere=True)
    found = statement_versions.version(call.actor, call.pieces["reference"])
    response = StreamingHttpResponse(
        statement_versions.csv_text(found), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.csv"'
    return Answer(response=response)


def _comparison(call: Call) -> Answer:
    earlier, later = call.query.get("earlier", ""), call.query.get("later", "")
    return Answer(statement_changes.as_dict(statement_changes.compare(call.actor, earlier, later)))


def _reviews(call: Call) -> Answer:
    found = review_changes.compare(call.actor, call.pieces["reference"], call.query.get("earlier", ""))
    return Answer(review_changes.as_dict(found))


def operations() -> Iterator[Operation]:
    """Frozen versions of the statement of applicability, and reviews compared."""
    base, pieces = "/applicability/versions/{reference}", {"reference": REFERENCE}
    either = "Reference of a version, or “now”."
    yield Operation(
        "GET", base, "readFrozenStatement", "What a version of the statement froze", _version, tag=TAG,
        pieces=pieces, replies={200: Reply("Decisions and states of its day, and their SHA-256.", VERSION)},
    )  # fmt: skip
    yield Operation(
        "GET", f"{base}.csv", "exportFrozenStatement", "The same as CSV", _csv, tag=TAG, pieces=pieces,
        replies={200: Reply("CSV (RFC 4180).", TEXT, "text/csv")},
    )  # fmt: skip
    yield Operation(
        "GET", "/applicability/comparison", "compareStatements",
        "What changed from one version of the statement to another", _comparison, tag=TAG,
        query=(
            Parameter("earlier", TEXT, f"{either} Without it, the one approved before the later one."),
            Parameter("later", TEXT, f"{either} Without it, the newest approved one."),
        ),
        problems=(404, 409), replies={200: Reply("Every change in a sentence.", COMPARISON)},
    )  # fmt: skip
    yield Operation(
        "GET", "/management-reviews/{reference}/comparison", "compareManagementReviews",
        "What was otherwise in an earlier management review", _reviews,
        tag="management reviews", pieces=pieces,
        query=(Parameter("earlier", TEXT, "Reference of a review. Default: the one approved before."),),
        problems=(404, 409), replies={200: Reply("Every difference in a sentence.", REVIEW_COMPARISON)},
    )  # fmt: skip
