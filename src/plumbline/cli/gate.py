"""`plumbline gate`: whether a release may go live, for a build that stops if it may not."""

from __future__ import annotations

from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server


def gate(
    system: Annotated[str, typer.Option(help="Slug or reference of the AI system.")],
    release: Annotated[str, typer.Option(help="Version or reference of the release.")],
    receipt: Annotated[Path | None, typer.Option(help="File to write the signed receipt to.")] = None,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Ask whether a release may go live; what is missing and what its changes made stale is named.

    Exit code 0 when the gate is open, 3 when it is closed. The answer is an entry of the trail; the receipt
    is written once a signed checkpoint covers it.

    Example: plumbline gate --system claims-triage --release 4.3 --token "$PLUMBLINE_TOKEN"
    """
    base, secret = server(url, token, data, "write")
    asked = ask(f"{base}/api/v1/gate", secret, dumps({"system": system, "release": release}).encode())
    if receipt is not None and asked["receipt"]:
        receipt.write_text(asked["receipt"], encoding="utf-8")
    if json:
        output.as_json(asked)
    else:
        _tell(asked)
    if not asked["report"]["open"]:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _tell(asked: dict[str, Any]) -> None:
    report = asked["report"]
    word = "OPEN" if report["open"] else "CLOSED"
    print(f"{word}  {report['release']} {report['version']} of {report['slug']}, tier {report['tier']}")
    for need in report["needs"]:
        print(f"  {'ok     ' if need['met'] else 'MISSING'}  {need['name']}: {need['text']}")
    for one in report["changes"]:
        print(f"  changed  {one['part']} {one['name']}")
    for one in report["stale"]:
        fields = f" ({', '.join(one['fields'])})" if one["fields"] else ""
        print(f"  STALE    {one['kind']} {one['record']}{fields}: {', '.join(one['parts'])}")
    signed = "signed" if asked["receipt"] else "not signed yet"
    print(f"entry {asked['entry']}, {signed}, report {asked['sha256']}")
