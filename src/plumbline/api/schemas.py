"""JSON Schema (2020-12) of what the API answers, in small pieces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
HEX: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
ANYTHING: Schema = {}


def maybe(shape: Mapping[str, Any]) -> Schema:
    """``shape`` or null."""
    if set(shape) == {"$ref"} or not isinstance(shape.get("type"), str):
        return {"anyOf": [dict(shape), {"type": "null"}]}
    return {**shape, "type": [shape["type"], "null"]}


def listed(shape: Mapping[str, Any]) -> Schema:
    """A list of ``shape``."""
    return {"type": "array", "items": dict(shape)}


def thing(optional: tuple[str, ...] = (), /, **members: Mapping[str, Any]) -> Schema:
    """An object with these members and no other; all are there but the ``optional`` ones."""
    return {
        "type": "object",
        "properties": {name: dict(shape) for name, shape in members.items()},
        "required": [name for name in members if name not in optional],
        "additionalProperties": False,
    }


def words(*known: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(known)}


def ref(name: str) -> Schema:
    """The schema kept under ``name`` in the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def page(shape: Mapping[str, Any]) -> Schema:
    """One page of a list. ``total`` stops counting at 10,000; ``capped`` then says that there are more."""
    return thing(items=listed(shape), page=COUNT, size=COUNT, total=COUNT, capped=FLAG)


PROBLEM: Schema = {
    "type": "object",
    "description": "What is wrong and how to mend it (RFC 9457). Values that were sent are never repeated.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "instance": TEXT,
        "errors": listed(thing(("code",), field=TEXT, message=TEXT, remedy=TEXT, code=TEXT)),
    },
    "required": ["type", "title", "status", "detail"],
}
SAVED: Schema = thing(
    ("missing",), missing=listed(TEXT), reference=TEXT, revision=COUNT, state=TEXT, leaf=COUNT
)
MOVE: Schema = thing(name=TEXT, label=TEXT, target=TEXT, reason=FLAG)
UNMET: Schema = thing(("code",), field=TEXT, message=TEXT, remedy=TEXT, code=TEXT, why=TEXT)
STEP: Schema = thing(
    name=TEXT,
    label=TEXT,
    target=TEXT,
    reason=FLAG,
    next=FLAG,
    allowed=FLAG,
    refusal=TEXT,
    could=listed(TEXT),
    fields=listed(TEXT),
    unmet=listed(UNMET),
    works_out=FLAG,
)
LINK: Schema = thing(
    relation=TEXT,
    direction=words("out", "in"),
    reference=TEXT,
    title=TEXT,
    note=TEXT,
    actor=TEXT,
    at=INSTANT,
    leaf=COUNT,
    approved=FLAG,
)
EARLIER: Schema = thing(text=TEXT, at=INSTANT, leaf=COUNT)
COMMENT: Schema = thing(
    text=TEXT,
    actor=TEXT,
    name=TEXT,
    at=INSTANT,
    leaf=COUNT,
    earlier=listed(EARLIER),
    edited_at=maybe(INSTANT),
    resolved_by=TEXT,
    resolved_at=maybe(INSTANT),
    mentions=listed(TEXT),
)
ATTACHMENT: Schema = thing(
    id=COUNT,
    name=TEXT,
    media_type=TEXT,
    size=COUNT,
    sha256=HEX,
    actor=TEXT,
    at=INSTANT,
    leaf=COUNT,
    approved=FLAG,
    document_date=maybe(DAY),
    valid_until=maybe(DAY),
    dates_approved=FLAG,
    replaced=FLAG,
)
CHANGE: Schema = thing(field=TEXT, label=TEXT, before=ANYTHING, after=ANYTHING)
HISTORY: Schema = thing(
    number=COUNT,
    verb=TEXT,
    state=TEXT,
    actor=TEXT,
    actor_name=TEXT,
    note=TEXT,
    at=INSTANT,
    leaf=COUNT,
    deputy_for=TEXT,
    changes=listed(CHANGE),
)
COMPONENTS: dict[str, Schema] = {
    "Problem": PROBLEM,
    "Saved": SAVED,
    "Move": MOVE,
    "Step": STEP,
    "Link": LINK,
    "Comment": COMMENT,
    "Attachment": ATTACHMENT,
    "HistoryEntry": HISTORY,
}
