"""`plumbline absence`: who is away, and who stands in."""

from __future__ import annotations

import json as json_format
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, ask_rows, server

app = typer.Typer(
    no_args_is_help=True, help="Who is away from when until when, and who stands in.", rich_markup_mode=None
)
_COLUMNS = ("id", "person", "deputy", "scope", "starts", "ends")


def _show(rows: list[dict[str, Any]]) -> None:
    output.table(
        _COLUMNS,
        [
            (row["id"], row["person"], row["deputy"] or "nobody", " ".join(row["scope"]) or "all",
             row["starts"], row["ends"])
            for row in rows
        ],
    )  # fmt: skip


@app.command("list")
def list_absences(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List absences that are not over: yours, those in which you stand in, and for managers everybody's.

    Example: plumbline absence list
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/api/v1/absences", secret)
    output.as_json(found) if json else _show(found)


@app.command("record")
def record(
    ends: Annotated[str, typer.Argument(help="Last day, YYYY-MM-DD.")],
    starts: Annotated[str, typer.Option("--from", help="First day; left out: today.")] = "",
    deputy: Annotated[str, typer.Option("--deputy", help="Id or e-mail address of who stands in.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option("--for", help="Group of records, such as risk; may be repeated.")
    ] = None,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say until when you are away and who stands in. It gives the deputy no right.

    Example: plumbline absence record 2027-01-10 --deputy noor@halden.example
    """
    base, secret = server(url, token, data, "write")
    sent: dict[str, Any] = {"ends": ends, "scope": list(scope or ())}
    sent |= {name: value for name, value in (("starts", starts), ("deputy", deputy)) if value}
    found = ask(f"{base}/api/v1/absences", secret, json_format.dumps(sent).encode())
    output.as_json(found) if json else _show([found])


@app.command("end")
def end(
    absence: Annotated[str, typer.Argument(help="Id of the absence, such as abs_0123…")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """End an absence now: your own, or one in which you stand in.

    Example: plumbline absence end abs_0123456789abcdef0123
    """
    base, secret = server(url, token, data, "write")
    found = ask(f"{base}/api/v1/absences/{absence}/end", secret, b"")
    if json:
        output.as_json(found)
        return
    print("ended")
