"""Documents out over HTTP: the statement of applicability, the inputs of a review, evidence packs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import FileResponse, StreamingHttpResponse

from plumbline.api import parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Reply
from plumbline.api.record_related import BYTES_TYPE
from plumbline.api.records import AS_OF, instant
from plumbline.api.schemas import COUNT, DAY, HEX, INSTANT, TEXT, listed, maybe, thing, words
from plumbline.identity import policy
from plumbline.kernel.problems import Fault, Invalid
from plumbline.reports import (
    applicability,
    applicability_export,
    commands,
    pack_request,
    pack_values,
    queries,
)
from plumbline.reports.population import DECISIONS
from plumbline.trail import keys

TAG = "reports"
HANDLE = "pck_[0-9a-f]{20}"
CSV_TYPE = "text/csv; charset=utf-8"
SAMPLE = {"type": "integer", "minimum": 0, "maximum": pack_request.LARGEST_SAMPLE}
BINARY = {"type": "string", "format": "binary"}
PACK = thing(
    id=TEXT,
    state=words("waiting", "building", "prepared", "ready", "failed"),
    created=INSTANT,
    finished=maybe(INSTANT),
    by=TEXT,
    by_name=TEXT,
    until=COUNT,
    requirements=listed(TEXT),
    systems=listed(TEXT),
    recipient=TEXT,
    purpose=TEXT,
    expires=DAY,
    sample=thing(
        kind=TEXT, wanted=COUNT, drawn=COUNT, of=COUNT, seed=TEXT, prepared=maybe(COUNT), entry=maybe(COUNT)
    ),
    progress=thing(step=TEXT, done=COUNT, total=COUNT),
    error=TEXT,
    sha256=maybe(HEX),
    size=COUNT,
    checkpoint=maybe(COUNT),
    revisions=COUNT,
    results=COUNT,
    files=COUNT,
    entry=maybe(COUNT),
    verify=TEXT,
    **{"from": COUNT},
)
ASKED = thing(
    ("from", "until", "requirements", "systems", "expires", "sample", "sample_of", "seed"),
    recipient=TEXT,
    purpose=TEXT,
    until=TEXT,
    requirements=listed(TEXT),
    systems=listed(TEXT),
    expires=TEXT,
    sample=SAMPLE,
    sample_of=TEXT,
    seed=TEXT,
    **{"from": TEXT},
)
STATEMENT = thing(
    organization=TEXT,
    as_of=INSTANT,
    vkey=TEXT,
    entries=COUNT,
    checkpoint=COUNT,
    catalog=TEXT,
    controls=thing(of=COUNT, applicable=COUNT, excluded=COUNT, undecided=COUNT, hidden=COUNT),
    rows=listed({"type": "object"}),
)


def _pack(made: Any) -> dict[str, Any]:
    return {**pack_values.as_dict(made), "verify": pack_values.verify_line(made, keys.vkey())}


def _packs(call: Call) -> Answer:
    return Answer([_pack(made) for made in queries.packs(call.actor)])


def _one(call: Call) -> Answer:
    return Answer(_pack(queries.pack_for(call.actor, call.pieces["id"])))


def _texts(name: str, values: list[Any]) -> list[str]:
    if len(values) > 200 or not all(isinstance(value, str) for value in values):
        raise Invalid("The pack was not made.", [Fault(name, "is no list of texts", "send a list of texts")])
    return values


def _ask(call: Call) -> Answer:
    policy.require(call.actor, "pack")
    optional = {
        "from": str,
        "until": str,
        "requirements": list,
        "systems": list,
        "expires": str,
        "sample": int,
        "sample_of": str,
        "seed": str,
    }
    sent = parsing.members(call.json, {"recipient": str, "purpose": str}, optional)
    made = commands.create_pack(
        call.actor,
        start=pack_request.parse_range_end("from", sent.get("from")),
        stop=pack_request.parse_range_end("until", sent.get("until")),
        requirements=_texts("requirements", sent.get("requirements", [])),
        systems=_texts("systems", sent.get("systems", [])),
        recipient=sent["recipient"],
        purpose=sent["purpose"],
        expires=pack_request.parse_day("expires", sent.get("expires")),
        sample_size=sent.get("sample", 0),
        sample_of=sent.get("sample_of", "") or DECISIONS,
        seed=sent.get("seed", ""),
    )
    return Answer(_pack(made), 201, {"Location": f"/api/v1/packs/{made.handle}"})


def _retry(call: Call) -> Answer:
    return Answer(_pack(commands.retry(call.actor, call.pieces["id"])))


def _draw(call: Call) -> Answer:
    policy.require(call.actor, "pack")
    sent = parsing.members(call.json, {"seed": str}, {})
    return Answer(_pack(commands.draw(call.actor, call.pieces["id"], sent["seed"])))


def _file(call: Call) -> Answer:
    made, place = commands.fetch(call.actor, call.pieces["id"])
    response = FileResponse(place.open("rb"), content_type=BYTES_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(pack_values.file_name(made))}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return Answer(response=response)


def _statement(call: Call) -> Answer:
    return Answer(applicability_export.as_dict(applicability.statement(call.actor, instant(call))))


def _statement_csv(call: Call) -> Answer:
    policy.require(call.actor, "export", kind=applicability.KIND, anywhere=True)
    lines = applicability_export.csv_text(applicability.statement(call.actor, instant(call)))
    response = StreamingHttpResponse(lines, content_type=CSV_TYPE)
    response["Content-Disposition"] = 'attachment; filename="statement-of-applicability.csv"'
    return Answer(response=response)


def operations() -> Iterator[Operation]:
    """The statement of applicability and the evidence packs."""
    pieces = {"id": HANDLE}
    pack = Reply("The pack and how far it has come.", PACK)
    yield Operation(
        "GET", "/applicability", "readApplicabilityStatement", "The statement of applicability", _statement,
        tag=TAG, replies={200: Reply("One row for every control, decided or not.", STATEMENT)},
        query=(AS_OF,), problems=(422,),
    )  # fmt: skip
    yield Operation(
        "GET", "/applicability.csv", "exportApplicabilityStatement", "The same as CSV", _statement_csv,
        tag=TAG, replies={200: Reply("CSV (RFC 4180).", TEXT, "text/csv")}, query=(AS_OF,), problems=(422,),
    )  # fmt: skip
    yield Operation(
        "GET", "/packs", "listPacks", "Evidence packs, newest first", _packs, tag=TAG,
        replies={200: Reply("Packs that you may see.", listed(PACK))},
    )  # fmt: skip
    yield Operation(
        "POST", "/packs", "makePack", "Ask for an evidence pack", _ask, tag=TAG,
        body=Body({JSON_TYPE: ASKED}),
        replies={201: Reply("It waits to be built.", PACK, headers={"Location": "Where to look."})},
        problems=(400, 413, 415, 422), repeatable=True,
        text="The ends of the range are days (2026-03-31, both included) or numbers of entries (the last "
        "excluded). Ask for the pack again until its state is ready, then fetch its file. With a sample the "
        "state becomes prepared first: the trail commits to the population, and the auditor names a seed.",
    )  # fmt: skip
    yield Operation(
        "GET", "/packs/{id}", "readPack", "One evidence pack", _one, tag=TAG, pieces=pieces,
        replies={200: pack},
    )  # fmt: skip
    yield Operation(
        "GET", "/packs/{id}/file", "fetchPack", "The file of a pack; leaves a trail entry", _file, tag=TAG,
        pieces=pieces, problems=(409,), replies={200: Reply("The pack (.aipack).", BINARY, BYTES_TYPE)},
    )  # fmt: skip
    yield Operation(
        "POST", "/packs/{id}/draw", "drawPackSample", "Name the seed of a pack's sample", _draw, tag=TAG,
        pieces=pieces, problems=(400, 409, 413, 415, 422, 503), replies={200: pack},
        body=Body({JSON_TYPE: thing(seed=TEXT)}),
    )  # fmt: skip
    yield Operation(
        "POST", "/packs/{id}/retry", "retryPack", "Try a failed pack again", _retry, tag=TAG, pieces=pieces,
        problems=(409,), replies={200: pack},
    )  # fmt: skip
