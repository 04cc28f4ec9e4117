"""`plumbline library`: risks, objectives, policies and procedures to start from."""

from __future__ import annotations

from json import dumps
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(no_args_is_help=True, help="Records to start from.", rich_markup_mode=None)


@app.command("list")
def list_points(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List what the library has to start from, and what is in the records already.

    Example: plumbline library list
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/starting-points", secret)
    if json:
        output.as_json(found)
        return
    rows = [
        (row["id"], row["kind"], row["title"], ", ".join(row["requirements"]), "yes" if row["taken"] else "")
        for row in found["items"]
    ]
    output.table(("id", "kind", "title", "serves", "taken"), rows)


@app.command("take")
def take(
    ids: Annotated[list[str], typer.Argument(help="Ids of the library, such as R-01.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Make a draft of each, owned by the person whose token is given. A draft is no evidence of anything.

    Example: plumbline library take R-01 O-03 P-01
    """
    base, secret = server(url, token, data, "write")
    made = ask(f"{base}/api/v1/starting-points", secret, dumps({"ids": ids}).encode())
    if json:
        output.as_json(made)
        return
    output.table(
        ("id", "draft", "state"), [(row["id"], row["reference"], row["state"]) for row in made["items"]]
    )
