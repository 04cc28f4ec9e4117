"""`plumbline merge`: two records of one kind that are one."""

from __future__ import annotations

from json import dumps
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, ask_rows, server

app = typer.Typer(no_args_is_help=True, help="Two records that are one.", rich_markup_mode=None)
Reference = Annotated[str, typer.Argument(help="The record that ends, such as SYS-0007.")]


def _tell(found: dict[str, Any], json: bool) -> None:
    if json:
        output.as_json(found)
        return
    print(f"{found['reference']} is {found['state']}, revision {found['revision']}.")
    _table(found["merges"])


def _table(rows: list[dict[str, Any]]) -> None:
    shown = [(row["source"], row["target"], "waits" if row["waits"] else "merged") for row in rows]
    output.table(("record", "into", "state"), shown)


@app.command("into")
def into(
    reference: Reference,
    target: Annotated[str, typer.Argument(help="The record that goes on.")],
    revision: Annotated[int, typer.Argument(help="Revision of the record that ends, as you saw it.")],
    reason: Annotated[str, typer.Option(help="Why the two are one.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Merge a record into another of its kind; where either was ever approved it waits for a second person.

    Example: plumbline merge into SYS-0007 SYS-0001 1 --reason "The same chat, imported twice"
    """
    base, secret = server(url, token, data, "write")
    body = dumps({"into": target, "revision": revision, "reason": reason}).encode()
    _tell(ask(f"{base}/api/v1/merges/{reference.upper()}", secret, body), json)


@app.command("confirm")
def confirm(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Confirm a merge that waits, as a second person.

    Example: plumbline merge confirm SYS-0007
    """
    base, secret = server(url, token, data, "write")
    _tell(ask(f"{base}/api/v1/merges/{reference.upper()}/confirmation", secret, b""), json)


@app.command("drop")
def drop(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Drop a merge that waits for a second person; the record stays as it stands.

    Example: plumbline merge drop SYS-0007
    """
    base, secret = server(url, token, data, "write")
    _tell(ask(f"{base}/api/v1/merges/{reference.upper()}", secret, method="DELETE"), json)


@app.command("show")
def show(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Show what was merged into a record, and into which it was merged.

    Example: plumbline merge show SYS-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/api/v1/merges/{reference.upper()}", secret)
    if json:
        output.as_json(found)
        return
    _table(found)
