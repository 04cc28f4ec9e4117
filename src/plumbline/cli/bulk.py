"""`plumbline bulk`: one change to many records, previewed before it is done."""

from __future__ import annotations

from json import dumps
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server
from plumbline.kernel.problems import Fault, Invalid

app = typer.Typer(no_args_is_help=True, help="One change to many records.", rich_markup_mode=None)
Kind = Annotated[str, typer.Argument(help="Kind of record, such as ai-system.")]
Handle = Annotated[str, typer.Argument(help="Id of the change, as its preview says it.")]
Where = Annotated[str, typer.Option(help="All records for which these conditions hold.")]
References = Annotated[list[str], typer.Option("--record", help="These records; may be given several times.")]
Note = Annotated[str, typer.Option(help="Note on the revision of every record.")]
_SHOWN = 20


def _plan(
    data: Data,
    url: Url,
    token: Token,
    json: bool,
    kind: str,
    change: dict[str, Any],
    where: str,
    records: list[str],
) -> None:
    if bool(where) == bool(records):
        raise Invalid(
            "Nothing was planned.",
            [Fault("where", "or record is needed, not both", "--where 'owner:empty', or --record SYS-0001")],
        )
    base, secret = server(url, token, data, "write")
    chosen = {"references": records} if records else {"where": where}
    said = {name: value for name, value in change.items() if value}
    body = dumps({"kind": kind, "change": said, **chosen}).encode()
    _show(base, secret, ask(f"{base}/api/v1/bulk", secret, body), json)


def _show(base: str, secret: str, job: dict[str, Any], json: bool) -> None:
    refused = ask(f"{base}/api/v1/bulk/{job['id']}/rows?outcome=refused&size={_SHOWN}", secret)
    if json:
        output.as_json({**job, "refused": refused["items"]})
        return
    counts = job["counts"]
    print(
        f"{job['id']}: {job['state']}. {job['done']} of {counts['change']} done, "
        f"{counts['unchanged']} like this already, {counts['refused']} refused."
    )
    rows = [(row["reference"], row["title"], f"{row['message']} {row['remedy']}") for row in refused["items"]]
    if rows:
        output.table(("refused", "title", "why"), rows)
    if job["state"] == "previewed" and counts["change"]:
        print(f"Nothing is changed yet. To do it: plumbline bulk confirm {job['id']}")


@app.command("edit")
def edit(
    kind: Kind,
    values: Annotated[
        list[str], typer.Option("--set", help="Field and value, such as owner=lars@halden.example.")
    ],
    where: Where = "",
    record: References = [],  # noqa: B006 - Typer copies it
    note: Note = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Plan to set fields of many records, as the person whose token is given.

    Example: plumbline bulk edit ai-system --where owner:empty --set owner=lars@halden.example
    """
    pairs = dict(each.split("=", 1) for each in values if "=" in each)
    if len(pairs) < len(values):
        raise Invalid("Nothing was planned.", [Fault("set", "has no =", "--set field=value")])
    _plan(data, url, token, json, kind, {"act": "edit", "values": pairs, "note": note}, where, record)


@app.command("move")
def move(
    kind: Kind,
    step: Annotated[str, typer.Argument(help="Name of the step, such as submit.")],
    where: Where = "",
    record: References = [],  # noqa: B006 - Typer copies it
    reason: Annotated[str, typer.Option(help="Reason, where the step asks for one.")] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Plan to take many records one step along their workflow, as the person whose token is given.

    Example: plumbline bulk move risk assess --where "state:identified owner:me"
    """
    _plan(data, url, token, json, kind, {"act": "move", "move": step, "reason": reason}, where, record)


@app.command("link")
def link(
    kind: Kind,
    relation: Annotated[str, typer.Argument(help="What the link says, such as treats.")],
    target: Annotated[str, typer.Argument(help="Reference of the other record.")],
    where: Where = "",
    record: References = [],  # noqa: B006 - Typer copies it
    note: Note = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Plan to link many records to one, as the person whose token is given.

    Example: plumbline bulk link risk "caused by" SUP-0003 --where "title:cloud"
    """
    change = {"act": "link", "relation": relation, "target": target, "note": note}
    _plan(data, url, token, json, kind, change, where, record)


@app.command("show")
def show(handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """Show how far a change is, and what was left out and why.

    Example: plumbline bulk show blk_2f1c
    """
    base, secret = server(url, token, data, "read")
    _show(base, secret, ask(f"{base}/api/v1/bulk/{handle}", secret), json)


@app.command("confirm")
def confirm(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Have a planned change done, in the background of the server.

    Example: plumbline bulk confirm blk_2f1c
    """
    base, secret = server(url, token, data, "write")
    _show(base, secret, ask(f"{base}/api/v1/bulk/{handle}/confirmation", secret, b""), json)


@app.command("undo")
def undo(handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """Plan to put back what an edit has replaced, where nothing has changed since; confirm it as any other.

    Example: plumbline bulk undo blk_2f1c
    """
    base, secret = server(url, token, data, "write")
    _show(base, secret, ask(f"{base}/api/v1/bulk/{handle}/undo", secret, b""), json)
