"""Traces as an OpenTelemetry exporter posts them, over the network, up to the points they become."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest
from tests.journeys.installation import DATA, TRACES, Installation, Reply

pytestmark = pytest.mark.slow
SAMPLES = DATA / "telemetry"
CAPTURE = SAMPLES / "openinference-openai.traces"
WORDS = {".json": "application/json", ".pb": "application/x-protobuf"}
YEAR = {"start": "2018-01-01T00:00:00Z", "end": "2027-12-31T00:00:00Z"}


def export(house: Installation, token: str, suffix: str, *, packed: bool) -> Reply:
    body = CAPTURE.with_suffix(f".traces{suffix}").read_bytes()
    headers = {"Content_Type": WORDS[suffix], "User_Agent": "OTel-OTLP-Exporter-Python/1.38.0"}
    if packed:
        body, headers = gzip.compress(body), headers | {"Content_Encoding": "gzip"}
    return house.send("POST", TRACES, body, token=token, **headers)


def total(house: Installation, metric: str) -> float:
    """The sum over all days of a metric of the captured system."""
    return sum(day[0] for day in house.ask("series", metric=metric, system="support-assistant", **YEAR))


def test_the_capture_in_every_spelling_is_eleven_spans_once(house: Installation, ingest: str) -> None:
    first = export(house, ingest, ".pb", packed=True)
    assert (first.status, first.headers["content-type"], first.body) == (200, "application/x-protobuf", b"")
    size = house.ask("written")["segments"]
    for suffix, packed in ((".pb", False), (".json", True), (".json", False), (".pb", True)):
        again = export(house, ingest, suffix, packed=packed)
        assert (again.status, again.headers["content-type"]) == (200, WORDS[suffix])
        assert again.body == (b"" if suffix == ".pb" else b"{}")
    house.quiet()
    assert house.ask("written")["segments"] == size
    assert house.ask("systems")["support-assistant"] == 11


def test_what_the_sample_s_description_counts_comes_out(house: Installation, ingest: str) -> None:
    assert export(house, ingest, ".json", packed=True).status == 200
    house.quiet()
    events = house.ask("events", system="support-assistant")
    calls = [event for event in events if event["type"] == "call"]
    assert (len(events), len(calls)) == (11, 10)
    assert Counter(call["operation"] for call in calls) == {"chat": 9, "embeddings": 1}
    assert sum(call["is_error"] for call in calls) == 1
    assert sum(call["streamed"] for call in calls) == 1
    assert sum(call["tool_calls"] > 0 for call in calls) == 1
    assert sum(call["in"] or 0 for call in calls) == 256
    assert sum(call["in"] or 0 for call in calls if call["operation"] == "embeddings") == 8
    assert sum(call["out"] or 0 for call in calls) == 96


def test_the_same_counts_are_the_points_of_the_metrics(house: Installation, ingest: str) -> None:
    assert export(house, ingest, ".pb", packed=False).status == 200
    house.quiet()
    assert total(house, "volume") == 10
    assert total(house, "tokens-in") == 256
    assert total(house, "tokens-out") == 96
    assert total(house, "error-rate") == pytest.approx(1 / 10)


def test_the_phone_and_card_numbers_of_the_prompts_reach_no_file(house: Installation, ingest: str) -> None:
    assert export(house, ingest, ".pb", packed=True).status == 200
    house.quiet()
    held = b"".join(file.read_bytes() for file in house.data.rglob("*") if file.is_file())
    sent = CAPTURE.with_suffix(".traces.pb").read_bytes()
    for number in (b"905-674-3793", b"630427373398"):
        assert number in sent
        assert number not in held


def test_the_examples_of_the_specification(house: Installation, ingest: str) -> None:
    trace = (SAMPLES / "otlp_example_trace.json").read_bytes()
    for _ in range(2):
        reply = house.post(trace, ingest, TRACES)
        assert (reply.status, reply.json) == (200, {})
    house.quiet()
    (event,) = house.ask("events", system="my.service")
    assert (event["type"], event["time"]) == ("span", "2018-12-13T14:51:00.000000Z")
    assert house.ask("seen")["my.service"] == 1
    for door in ("logs", "metrics"):
        example = (SAMPLES / f"otlp_example_{door}.json").read_bytes()
        reply = house.post(example, ingest, f"/v1/{door}")
        assert reply.status == 501
        assert reply.headers["content-type"] == "application/problem+json"
        assert f"{door} are not accepted yet" in reply.json["detail"]


@pytest.mark.parametrize("suffix", [".pb", ".json"])
def test_the_command_line_sends_the_same_files(house: Installation, ingest: str, suffix: str) -> None:
    file = str(CAPTURE.with_suffix(f".traces{suffix}"))
    assert export(house, ingest, suffix, packed=False).status == 200
    before = house.ask("written")["segments"]
    answer = house.run("telemetry", "send", file, "--json", PLUMBLINE_TOKEN=ingest)
    (receipt,) = json.loads(answer)
    assert (receipt["accepted"], receipt["duplicates"], receipt["refused"]) == (0, 11, 0)
    assert house.ask("written")["segments"] == before
