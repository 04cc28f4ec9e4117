"""`plumbline comment`: comments on a record, and what is done about them."""

from __future__ import annotations

import json as json_format
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.record_parts import address, say_entry
from plumbline.cli.telemetry import Token, Url, ask, ask_rows, server

app = typer.Typer(
    no_args_is_help=True, help="Comments on records: write, edit, resolve.", rich_markup_mode=None
)
Reference = Annotated[str, typer.Argument(help="The record, such as NCR-0007.")]
Number = Annotated[int, typer.Argument(help="The comment, by the number of its entry.")]
Text = Annotated[str, typer.Argument(help="In Markdown; @name mentions somebody.")]


@app.command("list")
def list_comments(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """List the comments on a record, oldest first.

    Example: plumbline comment list NCR-0007
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/{address(reference, 'comments')}", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("comment", "by", "at", "edited", "resolved by", "text"),
        [
            (row["leaf"], row["name"] or row["actor"], row["at"], row["edited_at"] or "",
             row["resolved_by"], row["text"])
            for row in found
        ],
    )  # fmt: skip


@app.command("add")
def add(
    reference: Reference,
    text: Text,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Comment on a record; whoever is mentioned is told.

    Example: plumbline comment add NCR-0007 "@Noor, is this the same as NCR-0005?"
    """
    base, secret = server(url, token, data, "write")
    body = json_format.dumps({"text": text}).encode()
    say_entry(ask(f"{base}/{address(reference, 'comments')}", secret, body), json)


@app.command("edit")
def edit(
    comment: Number,
    text: Text,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Give a comment of yours another text; what stood before stays.

    Example: plumbline comment edit 412 "It is the same as NCR-0005."
    """
    base, secret = server(url, token, data, "write")
    body = json_format.dumps({"text": text}).encode()
    say_entry(ask(f"{base}/api/v1/comments/{comment}/text", secret, body), json)


def _act(act: str, comment: int, data: Data, url: Url, token: Token, json: bool) -> None:
    base, secret = server(url, token, data, "write")
    body = json_format.dumps({"act": act}).encode()
    say_entry(ask(f"{base}/api/v1/comments/{comment}/acts", secret, body), json)


@app.command("resolve")
def resolve(
    comment: Number, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Resolve a comment: your own, or one on a record that you may change.

    Example: plumbline comment resolve 412
    """
    _act("resolve", comment, data, url, token, json)


@app.command("reopen")
def reopen(
    comment: Number, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Open a resolved comment again.

    Example: plumbline comment reopen 412
    """
    _act("reopen", comment, data, url, token, json)


@app.command("seen")
def seen(
    comment: Number, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Mark the comment in which you are mentioned as seen.

    Example: plumbline comment seen 412
    """
    _act("seen", comment, data, url, token, json)
