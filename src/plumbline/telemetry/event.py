"""The telemetry event: one thing an AI system did, or one thing that was said about it later.

This is the format of ``POST /api/v1/telemetry/batches`` and the exact content of an event's opening.
Unknown fields are refused by name, values are never repeated in an answer.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, Malformed

BATCH_LIMIT: Final = 5_000
FEATURE_LIMIT: Final = 64
SYSTEM_LIMIT: Final = 100
TEXT_LIMIT: Final = 65_536
SLUG: Final = r"^[a-z0-9][a-z0-9._-]{0,79}\Z"

Slug = Annotated[str, Meta(pattern=SLUG)]
Word = Annotated[str, Meta(min_length=1, max_length=200)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Line = Annotated[str, Meta(max_length=4_000)]
Text = Annotated[str, Meta(max_length=TEXT_LIMIT)]
Tally = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Milliseconds = Annotated[float, Meta(ge=0, le=1e12)]
Instant = Annotated[datetime, Meta(tz=True)]
Features = Annotated[dict[Name, float | Line], Meta(max_length=FEATURE_LIMIT)]
Attributes = Annotated[dict[Name, bool | int | float | Line | None], Meta(max_length=FEATURE_LIMIT)]
EventType = Literal["decision", "outcome", "review", "call"]


class Model(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """The model that did it: its name and, where known, its version."""

    name: Word
    version: Annotated[str, Meta(max_length=200)] | None = None


class Tokens(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Tokens read and written by a language model."""

    input: Tally | None = None
    output: Tally | None = None


class Review(Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """What a person did with a decision, and who (an opaque id, never a name)."""

    decision: Literal["approve", "reject", "override", "escalate"]
    reviewer: Word | None = None


class StoredEvent(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False):
    """An event as it is sealed, without the personal data that was found; nothing is bounded any more.

    Besides the types of `Event` there is ``span``: a piece of a trace that is no model call.
    """

    id: UUID
    time: Instant
    system: str
    type: str
    model: Model | None = None
    outcome: str | None = None
    score: float | None = None
    features: dict[str, float | str] | None = None
    subject: str | None = None
    latency_ms: float | None = None
    tokens: Tokens | None = None
    error: str | None = None
    about: UUID | None = None
    truth: float | str | None = None
    review: Review | None = None
    input: str | None = None
    output: str | None = None
    attributes: dict[str, bool | int | float | str | None] | None = None


class Event(StoredEvent, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, gc=False):
    """One event. ``id`` makes resending harmless; ``time`` is the event's own time, however long ago.

    ``about`` of an outcome or a review names the decision it speaks of; ``latency_ms`` is in
    milliseconds; ``subject`` is a pseudonym of the person concerned, never a name.
    """

    id: UUID
    time: Instant
    system: Slug
    type: EventType
    model: Model | None = None
    outcome: Word | None = None
    score: float | None = None
    features: Features | None = None
    subject: Word | None = None
    latency_ms: Milliseconds | None = None
    tokens: Tokens | None = None
    error: Line | None = None
    about: UUID | None = None
    truth: float | Word | None = None
    review: Review | None = None
    input: Text | None = None
    output: Text | None = None
    attributes: Attributes | None = None


class Batch(Struct, forbid_unknown_fields=True, kw_only=True):
    """Events of one source; ``counter`` is the gap-free number of the first of them."""

    source: Slug
    events: Annotated[list[Event], Meta(min_length=1, max_length=BATCH_LIMIT)]
    counter: Annotated[int, Meta(ge=0, le=2**53 - BATCH_LIMIT)] | None = None


_batches = msgspec.json.Decoder(Batch)
_openings = msgspec.json.Decoder(StoredEvent)
opening_bytes = msgspec.json.Encoder().encode


def decode_batch(body: bytes) -> Batch:
    """The batch in ``body`` (JSON). Raises `Malformed` for broken JSON, `Invalid` naming the field."""
    try:
        batch = _batches.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid("The batch was not accepted; nothing was stored.", [fault_of(str(error))]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        where = re.search(r"\(byte (\d+)\)", str(error))
        place = f" near byte {where[1]}" if where else ""
        raise Malformed(
            f"The body is not JSON in UTF-8{place}.",
            [Fault("", "cannot be read as JSON", "Send one JSON object with `source` and `events`.")],
        ) from None
    return batch


def decode_opening(opening: bytes) -> StoredEvent:
    """The event whose exact opening bytes these are. Raises ``ValueError`` for other bytes."""
    return _openings.decode(opening)


def examine(batch: Batch, now: datetime, future_tolerance: int) -> None:
    """Refuse what the types cannot say. Raises `Invalid` with every fault found (at most 20).

    Times are brought to UTC. ``future_tolerance`` is in seconds.
    """
    latest = now + timedelta(seconds=future_tolerance)
    faults: list[Fault] = []
    systems: set[str] = set()
    for place, event in enumerate(batch.events):
        if event.time > latest:
            faults.append(_future(f"events[{place}].time", future_tolerance))
        if event.time.tzinfo is not UTC:
            event.time = _to_utc(event.time)
        if event.type != "decision" and event.type != "call":
            faults.extend(_incomplete(place, event))
        elif event.truth is not None or event.review is not None:
            faults.append(_misplaced(place, event))
        systems.add(event.system)
        if len(faults) >= 20:
            break
    if len(systems) > SYSTEM_LIMIT:
        remedy = say(
            "telemetry.send-at-most-systems-in-one",
            "Send at most {system_limit} systems in one batch.",
            system_limit=SYSTEM_LIMIT,
        )
        faults.append(
            Fault(
                "events",
                say("telemetry.speaks-of-systems", "speaks of {count} systems", count=len(systems)),
                remedy,
            )
        )
    if faults:
        raise Invalid("The batch was not accepted; nothing was stored.", faults)


def _future(field: str, tolerance: int) -> Fault:
    return Fault(
        field,
        say(
            "telemetry.lies-more-than-seconds-ahead-of",
            "lies more than {tolerance} seconds ahead of the server's clock",
            tolerance=tolerance,
        ),
        "Send the time at which it happened, with its zone, and check the sender's clock.",
    )


def _to_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return time.replace(tzinfo=UTC)


def _incomplete(place: int, event: Event) -> list[Fault]:
    faults = []
    if event.about is None:
        remedy = "Give the id of the decision that it speaks of."
        faults.append(
            Fault(
                f"events[{place}].about",
                say(
                    "telemetry.is-missing-on-an-event-of",
                    "is missing on an event of type {type}",
                    type=event.type,
                ),
                remedy,
            )
        )
    if event.type == "outcome" and event.truth is None:
        remedy = "Give what turned out to be true, as text or number."
        faults.append(Fault(f"events[{place}].truth", "is missing on an event of type outcome", remedy))
    if event.type == "review" and event.review is None:
        remedy = "Give `review` with its `decision`: approve, reject, override or escalate."
        faults.append(Fault(f"events[{place}].review", "is missing on an event of type review", remedy))
    return faults


def _misplaced(place: int, event: Event) -> Fault:
    name = "truth" if event.truth is not None else "review"
    owner = "outcome" if name == "truth" else "review"
    remedy = say(
        "telemetry.send-it-in-an-event-of",
        "Send it in an event of type {owner} whose `about` is this event's id.",
        owner=owner,
    )
    return Fault(
        f"events[{place}].{name}",
        say(
            "telemetry.does-not-belong-on-an-event",
            "does not belong on an event of type {type}",
            type=event.type,
        ),
        remedy,
    )


_AT = re.compile(r" - at (?:`key` in )?`\$\.?([^`]*)`$")
_TYPE_WORDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "uuid": "a UUID",
    "datetime": "an RFC 3339 time",
}


def fault_of(message: str) -> Fault:
    """The fault that a msgspec message reports, in our words and without the value that was sent.

    msgspec says what is wrong only as text. Its messages are matched here and nowhere else; one that is not
    recognised still gives the field.
    """
    at = _AT.search(message)
    path = at[1] if at else ""
    text = message[: at.start()] if at else message
    if named := re.match(r"Object contains unknown field `(.{0,80})", text):
        name = named[1].rstrip("`")
        remedy = "Remove it, or put it under `attributes` of the event."
        return Fault(_join(path, name), "is not a field of this object", remedy)
    if named := re.match(r"Object missing required field `(.+)`", text):
        return Fault(_join(path, named[1]), "is missing", "Add it.")
    if bound := re.match(r"Expected `(\w+)` of length (<=|>=) (\d+)", text):
        word = "at most" if bound[2] == "<=" else "at least"
        unit = {"str": "characters", "array": "entries"}.get(bound[1], "fields")
        return Fault(
            path,
            say("telemetry.is-too", "is too {name}", name="long" if word == "at most" else "short"),
            say("telemetry.send-length", "Send {word} {size} {unit}.", word=word, size=bound[3], unit=unit),
        )
    if bound := re.match(r"Expected `\w+` (<=|>=) (\S+)", text):
        word = "at most" if bound[1] == "<=" else "at least"
        return Fault(
            path,
            "is out of range",
            say("telemetry.send-a-number-of", "Send a number of {word} {name}.", word=word, name=bound[2]),
        )
    return _by_shape(path, text)


def _by_shape(path: str, text: str) -> Fault:
    if text.startswith("Expected `str` matching"):
        return Fault(
            path, "has another shape", "Use a-z, 0-9, '-', '_' and '.', at most 80, a letter or digit first."
        )
    if wrong := re.match(r"Expected `([^`]+)`, got `(\w+)`", text):
        wanted = " or ".join(_TYPE_WORDS.get(kind, kind) for kind in wrong[1].split(" | "))
        return Fault(
            path,
            say("telemetry.type", "is {value}", value=_TYPE_WORDS.get(wrong[2], wrong[2])),
            say("telemetry.send", "Send {wanted}.", wanted=wanted),
        )
    if "timezone" in text:
        return Fault(
            path, "is a time without a zone", "Send an RFC 3339 time with its zone: 2026-01-31T08:00:00Z."
        )
    if "RFC3339" in text or "datetime" in text:
        return Fault(path, "is not an RFC 3339 time", "Send a time such as 2026-01-31T08:00:00Z.")
    if "UUID" in text:
        return Fault(path, "is not a UUID", "Send a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057.")
    if "enum" in text:
        return Fault(path, "is not one of the words allowed here", "Choose one of: " + _choices(path) + ".")
    if "range" in text:
        return Fault(path, "is out of range", "Send a finite number.")
    return Fault(path, "cannot be used", "See the telemetry event in the reference.")


def _choices(path: str) -> str:
    return "approve, reject, override, escalate" if "review" in path else "decision, outcome, review, call"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
