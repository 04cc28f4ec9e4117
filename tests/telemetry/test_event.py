"""The event's own rules: what is refused, by which field's name, and that no value ever comes back."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel.problems import Invalid, Malformed, Problem
from plumbline.telemetry.event import (
    FEATURE_LIMIT,
    Batch,
    decode_batch,
    decode_opening,
    examine,
    opening_bytes,
)

from .conftest import batch, event

SECRET = "s3cr3t-value"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def read(body: bytes) -> Batch:
    decoded = decode_batch(body)
    examine(decoded, NOW, 300)
    return decoded


def nested(**values: Any) -> bytes:
    return batch(event(), event(), event(), event(**values))


WRONG: list[tuple[str, bytes]] = [
    ("events[3].tokens.input", nested(tokens={"input": SECRET})),
    ("events[3].tokens.input", nested(tokens={"input": -1})),
    ("events[3].tokens.input", nested(tokens={"input": 1.5})),
    ("events[3].tokens.total", nested(tokens={"total": 1})),
    ("events[3].colour", nested(colour=SECRET)),
    ("events[3].id", batch(event(), event(), event(), event(id=None))),
    ("events[3].id", nested(id=SECRET)),
    ("events[3].time", nested(time=SECRET)),
    ("events[3].time", nested(time="2026-03-04T10:30:00")),
    ("events[3].time", nested(time=1772620200)),
    ("events[3].time", nested(time="2026-11-20T12:05:01Z")),
    ("events[3].time", nested(time="2026-02-30T12:05:01Z")),
    ("events[3].system", nested(system="Not A Slug")),
    ("events[3].system", nested(system="")),
    ("events[3].system", nested(system="a" * 81)),
    ("events[3].system", nested(system="ok\n")),
    ("events[3].type", nested(type=SECRET)),
    ("events[3].type", nested(type="span")),
    ("events[3].outcome", nested(outcome=7)),
    ("events[3].outcome", nested(outcome="")),
    ("events[3].outcome", nested(outcome="x" * 201)),
    ("events[3].score", nested(score="0.5")),
    ("events[3].features", nested(features={f"f{n}": n for n in range(FEATURE_LIMIT + 1)})),
    ("events[3].features[...]", nested(features={"a": True})),
    ("events[3].features[...]", nested(features={"a": None})),
    ("events[3].features[...]", nested(features={"a": "x" * 4_001})),
    ("events[3].features", nested(features={"n" * 101: 1})),
    ("events[3].input", nested(input="x" * 65_537)),
    ("events[3].latency_ms", nested(latency_ms=-0.1)),
    ("events[3].attributes[...]", nested(attributes={"a": [1]})),
    ("events[3].about", nested(type="outcome", truth="1")),
    ("events[3].truth", nested(type="outcome", about=event()["id"])),
    ("events[3].review", nested(type="review", about=event()["id"])),
    ("events[3].review.decision", nested(type="review", about=event()["id"], review={"decision": SECRET})),
    ("events[3].truth", nested(truth="1")),
    ("events[3].review", nested(type="call", review={"decision": "approve"})),
    ("events", batch()),
    ("events", batch(*[event()] * 5_001)),
    ("events", json.dumps({"source": "s", "events": {}}).encode()),
    ("events", batch(*[event(system=f"s{n}") for n in range(101)])),
    ("source", json.dumps({"events": [event()]}).encode()),
    ("source", batch(event()).replace(b'"test"', b'"No Slug"')),
    ("counter", batch(event(), counter=-1)),
    ("counter", batch(event(), counter=2**53)),
    ("counter", batch(event(), counter="1")),
    ("batch", batch(event(), batch=SECRET)),
    ("", b"[]"),
    ("", b"null"),
]


@pytest.mark.parametrize(("field", "body"), WRONG, ids=[f"{field}-{n}" for n, (field, _) in enumerate(WRONG)])
def test_a_wrong_batch_is_refused_by_the_field_s_name(field: str, body: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read(body)
    fault = caught.value.faults[0]
    assert fault.field == field
    assert fault.message
    assert fault.remedy
    document = json.dumps(caught.value.as_dict())
    assert SECRET not in document
    assert "x" * 50 not in document


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"source": "s", "events": [NaN]}',
        b'{"source": "s", "events": [Infinity]}',
        b'{"source": "\xff"}',
        b'{"source": "\\ud800", "events": []}',
        b"[" * 100_000,
        b'{"source":' * 50_000,
        batch(event()) + b"x",
        batch(event()).decode().encode("utf-16"),
        b"\x00" * 100,
    ],
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read(body)
    assert isinstance(caught.value, Malformed | Invalid)
    assert caught.value.faults[0].remedy


def test_numbers_beyond_every_double_are_refused() -> None:
    for number in (b"1e999", b"-1e999"):
        with pytest.raises(Problem):
            read(batch(event(score=0.125)).replace(b"0.125", number))


def test_every_fault_that_needs_the_clock_is_named_up_to_twenty() -> None:
    with pytest.raises(Invalid) as caught:
        read(batch(*[event(time="2030-01-01T00:00:00Z") for _ in range(30)]))
    assert [fault.field for fault in caught.value.faults] == [f"events[{n}].time" for n in range(20)]


def test_times_are_kept_in_utc_to_the_microsecond_however_old() -> None:
    times = ["0001-01-01T00:00:00+14:00", "1999-12-31T23:59:59.123456+02:00", "2026-11-20T12:04:59Z"]
    read_times = [one.time for one in read(batch(*[event(time=text) for text in times])).events]
    assert read_times[1] == datetime(1999, 12, 31, 21, 59, 59, 123456, tzinfo=UTC)
    assert all(time.utcoffset() == timedelta(0) for time in read_times)


def test_opening_bytes_are_defined_and_come_back() -> None:
    body = batch(
        event(id="01890A5D-AC96-774B-BCCE-B302099A8057", score=1, features={"b": 1e22, "a": 0.1, "t": "é"})
    )
    one = read(body).events[0]
    opening = opening_bytes(one)
    assert opening.decode() == (
        '{"id":"01890a5d-ac96-774b-bcce-b302099a8057","time":"2026-03-04T10:30:00Z","system":"claims-triage",'
        '"type":"decision","outcome":"pay","score":1.0,"features":{"b":1e22,"a":0.1,"t":"é"}}'
    )
    again = decode_opening(opening)
    assert again.id == UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    assert opening_bytes(again) == opening


def test_an_opening_is_read_back_even_if_redaction_made_it_longer_than_an_event_may_be() -> None:
    one = read(batch(event(outcome="x" * 200))).events[0]
    one.outcome = "x" * 201
    assert decode_opening(opening_bytes(one)).outcome == "x" * 201


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    field=st.sampled_from([field.name for field in msgspec.structs.fields(Batch)] + list(event())),
    value=_json,
)
def test_no_value_of_any_field_raises_anything_but_a_problem(field: str, value: Any) -> None:
    document = json.loads(batch(event()))
    (document if field in document else document["events"][0])[field] = value
    with suppress(Problem):
        read(json.dumps(document).encode("utf-8", "surrogatepass"))
