"""`plumbline telemetry`: send events to a running server, and ask for the proof of one."""

from __future__ import annotations

import gzip
import json as json_format
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.opening import configure
from plumbline.kernel.problems import Fault, Invalid, Malformed, NotSignedIn, Problem, Unavailable

app = typer.Typer(no_args_is_help=True, help="Send telemetry to a running server.", rich_markup_mode=None)
_BATCH = 500
_TIMEOUT = 60


def _parcels(file: Path) -> Iterator[tuple[str, str, bytes, int]]:
    """Path, media type, body and number of events of every request that ``file`` makes."""
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if file.name.removesuffix(".gz").endswith((".pb", ".binpb")):
        yield "/v1/traces", "application/x-protobuf", content, 0
        return
    if file.name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        events = [
            _parsed(line, number) for number, line in enumerate(content.splitlines(), 1) if line.strip()
        ]
        for start in range(0, len(events), _BATCH):
            part = events[start : start + _BATCH]
            body = json_format.dumps({"source": "command-line", "events": part}).encode()
            yield "/api/v1/telemetry/batches", "application/json", body, len(part)
        return
    document = _parsed(content, 0)
    if isinstance(document, dict) and "resourceSpans" in document:
        yield "/v1/traces", "application/json", content, 0
    elif isinstance(document, dict) and "events" in document:
        yield "/api/v1/telemetry/batches", "application/json", content, len(document["events"])
    else:
        raise Invalid(
            "The file holds neither OTLP traces nor a batch of events.",
            [Fault("", "has neither resourceSpans nor events", "see the how-to on sending telemetry")],
        )


def _parsed(text: bytes, line: int) -> Any:
    try:
        return json_format.loads(text)
    except ValueError as error:
        where = f"line {line}" if line else "file"
        raise Malformed(
            f"The {where} is not JSON.", [Fault(where, "is not JSON", "send valid JSON")]
        ) from error


def post(address: str, token: str, body: bytes, media_type: str) -> dict[str, Any]:
    """POST ``body`` with a bearer token; the JSON answer. Raises `Problem` as the server says it."""
    request = urllib.request.Request(  # noqa: S310 - the address comes from the person at the keyboard
        address, body, {"Authorization": f"Bearer {token}", "Content-Type": media_type}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310 - as above
            kind = answer.headers.get_content_type()
            content = answer.read()
            return json_format.loads(content) if content and kind.endswith("json") else {}
    except urllib.error.HTTPError as error:
        raise _problem(error) from error
    except urllib.error.URLError as error:
        raise Unavailable(f"No server answers at {address}. Start one with: plumbline serve") from error


def _problem(error: urllib.error.HTTPError) -> Problem:
    try:
        document = json_format.loads(error.read())
    except ValueError:
        document = {}
    faults = [Fault(**fault) for fault in document.get("errors", [])]
    return Problem(str(document.get("detail") or f"The server answered {error.code}."), faults)


@app.command("send")
def send(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="OTLP (.pb, .json) or native (.json, .jsonl).")
    ],
    data: Data = None,
    url: Annotated[str | None, typer.Option(help="Address of the server.", show_default=False)] = None,
    token: Annotated[
        str | None, typer.Option(help="Token with the scope ingest.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Post a file of OTLP traces or native events to a running server and show the receipts.

    Example: plumbline telemetry send capture.traces.pb --token "$PLUMBLINE_TOKEN"
    """
    config = configure(data, url=url, token=token)
    if not config.token:
        raise NotSignedIn(
            "Give a token with the scope ingest. Issue one with: plumbline token issue --scope ingest"
        )
    base = (config.url or f"http://{config.host}:{config.port}").rstrip("/")
    progress = output.Progress("sent")
    parcels = list(_parcels(file))
    answers = []
    for number, (path, media_type, body, _) in enumerate(parcels, 1):
        answers.append(post(base + path, config.token, body, media_type))
        progress(number, len(parcels))
    if json:
        output.as_json(answers)
        return
    accepted = sum(answer.get("accepted", 0) for answer in answers)
    repeated = sum(answer.get("duplicates", 0) for answer in answers)
    sent = sum(parcel[3] for parcel in parcels)
    print(f"{accepted} accepted, {repeated} repeated" if sent else "accepted by the trace door")
