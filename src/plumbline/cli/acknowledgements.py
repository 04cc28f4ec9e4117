"""`plumbline acknowledgement`: which versions are to be acknowledged, who has, and the act itself."""

from __future__ import annotations

from json import dumps
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(
    no_args_is_help=True, help="Versions that people read and acknowledge.", rich_markup_mode=None
)
Reference = Annotated[str, typer.Argument(help="Reference of the record, such as POL-0001.")]
_ADDRESS = "/api/v1/acknowledgements"


@app.command("list")
def every(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List the versions in force that name groups, and how many of those who are asked have acknowledged.

    Example: plumbline acknowledgement list
    """
    base, secret = server(url, token, data, "read")
    rows = ask(f"{base}{_ADDRESS}", secret)["items"]
    if json:
        output.as_json(rows)
        return
    table = [
        (row["reference"], row["title"], row["revision"], row["done"], row["asked"], row["sha256"])
        for row in rows
    ]
    output.table(("record", "title", "revision", "have", "asked", "sha256"), table)


@app.command("show")
def show(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Show who has acknowledged the version in force and who has not.

    Example: plumbline acknowledgement show POL-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}{_ADDRESS}/{reference}", secret)
    if json:
        output.as_json(found)
        return
    table = [
        (row["name"], row["acknowledged"] or "not yet", "" if row["entry"] is None else row["entry"])
        for row in found.get("readers", [])
    ]
    typer.echo(f"SHA-256 {found['sha256']}")
    typer.echo(f"{found['done']} of {found['asked']} have acknowledged revision {found['revision']}.")
    output.table(("who", "acknowledged", "entry"), table)


@app.command("give")
def give(
    reference: Reference,
    sha256: Annotated[str, typer.Argument(help="SHA-256 of the version that you have read, from show.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Acknowledge a version that you have read, as the person whose token is given.

    Example: plumbline acknowledgement give POL-0001 4f0c…
    """
    base, secret = server(url, token, data, "write")
    given = ask(f"{base}{_ADDRESS}/{reference}", secret, dumps({"sha256": sha256}).encode())
    if json:
        output.as_json(given)
        return
    typer.echo(f"Acknowledged at {given['acknowledged']}, entry {given['entry']}.")
