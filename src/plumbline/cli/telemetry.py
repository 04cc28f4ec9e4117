"""`plumbline telemetry`: send events to a running server, and ask for the receipt of one."""

from __future__ import annotations

import gzip
import http.client
import json as json_format
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import configure
from plumbline.cli.rebuild import rebuild
from plumbline.kernel.problems import Fault, Invalid, Malformed, NotSignedIn, Problem, Unavailable

app = typer.Typer(no_args_is_help=True, help="Send telemetry to a running server.", rich_markup_mode=None)
_BATCH = 500
_TIMEOUT = 60
_JSON = "application/json"
Url = Annotated[str | None, typer.Option(help="Address of the server.", show_default=False)]
Token = Annotated[
    str | None, typer.Option(help="Token with the scope needed (PLUMBLINE_TOKEN).", show_default=False)
]


def _parcels(file: Path) -> Iterator[tuple[str, str, bytes]]:
    """Path, media type and body of every request that ``file`` makes."""
    content = _content(file)
    if file.name.removesuffix(".gz").endswith((".pb", ".binpb")):
        yield "/v1/traces", "application/x-protobuf", content
        return
    if file.name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
        events = [
            _parsed(line, number) for number, line in enumerate(content.splitlines(), 1) if line.strip()
        ]
        for start in range(0, len(events), _BATCH):
            part = events[start : start + _BATCH]
            body = json_format.dumps({"source": "command-line", "events": part}).encode()
            yield "/api/v1/telemetry/batches", _JSON, body
        return
    document = _parsed(content, 0)
    if isinstance(document, dict) and "resourceSpans" in document:
        yield "/v1/traces", _JSON, content
    elif isinstance(document, dict) and isinstance(document.get("events"), list):
        yield "/api/v1/telemetry/batches", _JSON, content
    else:
        raise Invalid(
            "The file holds neither OTLP traces nor a batch of events.",
            [Fault("", "has neither resourceSpans nor events", "see the how-to on sending telemetry")],
        )


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise Malformed("The file is damaged: it begins as gzip and does not unpack.") from error


def _parsed(text: bytes, line: int) -> Any:
    try:
        return json_format.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"line {line}" if line else "file"
        raise Malformed(
            f"The {where} is not JSON.", [Fault(where, "is not JSON", "send valid JSON")]
        ) from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token goes to the server that was named and nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


_open = urllib.request.build_opener(_NoRedirects).open


def ask(
    address: str,
    token: str,
    body: bytes | None = None,
    media_type: str = _JSON,
    more: Mapping[str, str] | None = None,
    method: str = "",
) -> dict[str, Any]:
    """Send a request with a bearer token (POST with a body, GET without) and ``more`` headers; the receipt or
    other JSON object of the answer. Raises `Problem` as the server says it, and `Invalid` for what no server
    can be asked.
    """
    found, told = _answer_to(address, token, body, media_type, more, method)
    if told is None:
        return dict(found)
    return {**json_format.loads(told), "reason": found.get("partialSuccess", {}).get("errorMessage", "")}


def ask_rows(address: str, token: str) -> list[dict[str, Any]]:
    """The JSON objects of a list that is read with a bearer token. Raises as `ask` does."""
    found, _ = _answer_to(address, token)
    return list(found)


def _answer_to(
    address: str,
    token: str,
    body: bytes | None = None,
    media_type: str = _JSON,
    more: Mapping[str, str] | None = None,
    method: str = "",
) -> tuple[Any, str | None]:
    """The JSON of an answer, and the receipt in its header where there is one."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": media_type,
        "Accept": _JSON,
        **(more or {}),
    }
    try:
        request = urllib.request.Request(  # noqa: S310 - the address comes from the person at the keyboard
            address, body, headers, method=method or ("GET" if body is None else "POST")
        )
        with _open(request, timeout=_TIMEOUT) as answer:
            found = json_format.loads(answer.read() or b"{}")
            told = answer.headers.get("plumbline-receipt")
    except urllib.error.HTTPError as error:
        raise _problem(error) from error
    except urllib.error.URLError as error:
        begin = output.line("serve")
        raise Unavailable(f"No server answers at {address}. Start one with: {begin}") from error
    except (TimeoutError, http.client.HTTPException) as error:
        raise Unavailable(f"The server at {address} did not answer in HTTP, or not in time.") from error
    except ValueError as error:
        faults = [
            Fault("url", "may be no address", "write it as http://127.0.0.1:8042"),
            Fault("token", "may have signs that no token has", "copy it again"),
        ]
        raise Invalid("The server cannot be asked.", faults) from error
    return found, told


def _problem(error: urllib.error.HTTPError) -> Problem:
    try:
        document = json_format.loads(error.read())
    except ValueError:
        document = {}
    # Of what a server says beside, a later one may say more.
    names = ("field", "message", "remedy")
    faults = [Fault(*(str(fault.get(name, "")) for name in names)) for fault in document.get("errors", [])]
    return Problem(str(document.get("detail") or f"The server answered {error.code}."), faults)


def server(url: str | None, token: str | None, data: Path | None, scope: str) -> tuple[str, str]:
    """Address of the server and token to speak to it with. Raises `NotSignedIn` without a token."""
    config = configure(data, url=url, token=token)
    if not config.token:
        how = output.line("token", "issue", "--scope", scope, "--for", "EMAIL")
        raise NotSignedIn(
            f"Give a token with the scope {scope} (--token or PLUMBLINE_TOKEN). Issue one with: {how}"
        )
    return (config.url or f"http://{config.host}:{config.port}").rstrip("/"), config.token


app.command("rebuild")(rebuild)


@app.command("send")
def send(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="OTLP (.pb, .json) or native (.json, .jsonl).")
    ],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Post a file of OTLP traces or native events to a running server and show the receipts.

    Sending a file again makes no doubles. Exit code 3 when spans were refused.

    Example: plumbline telemetry send capture.traces.pb --token "$PLUMBLINE_TOKEN"
    """
    base, secret = server(url, token, data, "ingest")
    progress = output.Progress("sent")
    parcels = list(_parcels(file))
    answers = []
    for number, (path, media_type, body) in enumerate(parcels, 1):
        answers.append(ask(base + path, secret, body, media_type))
        progress(number, len(parcels))
    if json:
        output.as_json(answers)
    else:
        _tell(answers)
    if any(answer.get("refused") for answer in answers):
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _tell(answers: list[dict[str, Any]]) -> None:
    accepted, repeated, refused = (
        sum(answer.get(name) or 0 for answer in answers) for name in ("accepted", "duplicates", "refused")
    )
    print(f"{accepted} accepted, {repeated} repeated, {refused} refused")
    for answer in answers:
        if answer.get("segment"):
            print(f"segment {answer['segment']}, entry {answer['leaf']}, root {answer['root']}")
        if answer.get("reason"):
            print(f"refused: {answer['reason']}")


@app.command("receipt")
def receipt(
    event: Annotated[UUID, typer.Argument(help="Id of the event.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Fetch the receipt of one event: its segment, its entry in the trail, and the proof that it lies there.

    Example: plumbline telemetry receipt 0198c0de-0000-7000-8000-000000000001 --token "$PLUMBLINE_TOKEN"
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/telemetry/receipts/{event}", secret)
    if json:
        output.as_json(found)
        return
    for name, value in found.items():
        if not isinstance(value, list | dict):
            print(f"{name}: {value}")
