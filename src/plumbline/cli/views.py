"""`plumbline view`: saved views of lists."""

from __future__ import annotations

from json import dumps
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server
from plumbline.kernel.problems import Fault, Invalid

app = typer.Typer(no_args_is_help=True, help="Saved views of lists of records.", rich_markup_mode=None)
Handle = Annotated[str, typer.Argument(help="Id of the view, such as viw_2f1c.")]


@app.command("list")
def list_views(
    kind: Annotated[str, typer.Option(help="Only views of this kind, such as risk.")] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """List your views and those shared with you, as the person whose token is given.

    Example: plumbline view list --kind risk
    """
    base, secret = server(url, token, data, "read")
    query = f"?{urlencode({'kind': kind})}" if kind else ""
    found = ask(f"{base}/api/v1/views{query}", secret)["items"]
    if json:
        output.as_json(found)
        return
    names = ("id", "kind", "name", "shared_with", "owner_name")
    rows = [[*(view[name] for name in names), urlencode(view["query"])] for view in found]
    output.table((*names, "query"), rows)


@app.command("save")
def save(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as ai-system.")],
    name: Annotated[str, typer.Argument(help="What the view is called.")],
    where: Annotated[str, typer.Option(help="Conditions, such as owner:empty.")] = "",
    sort: Annotated[str, typer.Option(help="Column to sort by; a minus in front turns the order.")] = "",
    columns: Annotated[str, typer.Option(help="Columns, with commas between their names.")] = "",
    shared_with: Annotated[str, typer.Option(help="everybody, or the slug of a role.")] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Save a view, as the person whose token is given.

    Example: plumbline view save ai-system "Without an owner" --where owner:empty --columns state,lifecycle
    """
    base, secret = server(url, token, data, "write")
    query = {key: text for key, text in (("where", where), ("sort", sort), ("columns", columns)) if text}
    body: dict[str, Any] = {"kind": kind, "name": name, "query": query, "shared_with": shared_with}
    view = ask(f"{base}/api/v1/views", secret, dumps(body).encode())
    output.as_json(view) if json else print(f"{view['id']}: {view['name']}")


@app.command("run")
def run(
    handle: Handle,
    page: Annotated[int, typer.Option(help="Which page, from 1.")] = 1,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Show the records of a view that you may see.

    Example: plumbline view run viw_2f1c --json
    """
    base, secret = server(url, token, data, "read")
    view = ask(f"{base}/api/v1/views/{handle}", secret)
    found = ask(f"{base}{view['records']}&{urlencode({'page': page})}", secret)
    if json:
        output.as_json(found)
        return
    names = [name for name in view["query"].get("columns", "").split(",") if name and name != "state"]
    rows = [
        [item["reference"], item["values"]["title"], item["state"], *(_cell(item, name) for name in names)]
        for item in found["items"]
    ]
    output.table(("reference", "title", "state", *names), rows)
    output.note(f"{len(rows)} of {found['total']}.")


def _cell(item: dict[str, Any], name: str) -> str:
    known = {**item["values"], **item["computed"], "updated_at": item["recorded"]}
    return str(known.get(name) or "")


@app.command("remove")
def remove(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Remove a view; its records stay as they are.

    Example: plumbline view remove viw_2f1c
    """
    if not handle.startswith("viw_"):
        raise Invalid("Nothing was removed.", [Fault("handle", "is no id of a view", "plumbline view list")])
    base, secret = server(url, token, data, "write")
    ask(f"{base}/api/v1/views/{handle}", secret, method="DELETE")
    output.as_json({"removed": handle}) if json else print(f"{handle} is removed.")
