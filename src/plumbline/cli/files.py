"""`plumbline file`: the files of a record, and of when they are."""

from __future__ import annotations

import json as json_format
import mimetypes
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.record_parts import address, say_entry
from plumbline.cli.telemetry import Token, Url, ask, ask_rows, server

app = typer.Typer(
    no_args_is_help=True, help="Files of records: list, add, and say of when they are.", rich_markup_mode=None
)
Reference = Annotated[str, typer.Argument(help="The record, such as DOC-0007.")]
Dated = Annotated[str, typer.Option(help="The day that stands on the document, YYYY-MM-DD.")]
Until = Annotated[str, typer.Option(help="The last day on which it is valid, YYYY-MM-DD.")]


@app.command("list")
def list_files(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """List the files of a record, oldest first.

    Example: plumbline file list DOC-0007
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/{address(reference, 'attachments')}", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("file", "name", "added", "of", "valid until", "replaced", "sha256"),
        [
            (row["id"], row["name"], row["at"], row["document_date"] or "", row["valid_until"] or "",
             "yes" if row["replaced"] else "", row["sha256"])
            for row in found
        ],
    )  # fmt: skip


@app.command("facts")
def facts(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Say what the files of a component or dataset say of it, beside what the record says. Writes nothing.

    Example: plumbline file facts CMP-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/{address(reference, 'file-facts')}", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("file", "fact", "the file says", "the record", "place"),
        [
            (each["name"], row["label"], row["text"], row["state"] + (f": {row['own']}" if
             row["state"] == "differs" else ""), ".".join(filter(None, (each["entry"], row["place"]))))
            for each in found
            for row in each["facts"]
        ],
    )  # fmt: skip
    for each in found:
        for text in filter(None, (each["note"], *each["misfits"])):
            output.line(f"{each['name']}: {text}")


@app.command("add")
def add(
    reference: Reference,
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False)],
    document_date: Dated = "",
    valid_until: Until = "",
    replaces: Annotated[int, typer.Option(help="The file that it replaces, by its number.")] = 0,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Add a file to a record.

    Example: plumbline file add DOC-0007 certificate.pdf --document-date 2026-01-15 --valid-until 2027-01-14
    """
    base, secret = server(url, token, data, "write")
    sent = {"filename": file.name, "document_date": document_date, "valid_until": valid_until}
    sent |= {"replaces": str(replaces)} if replaces else {}
    query = urlencode({name: text for name, text in sent.items() if text})
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    say_entry(
        ask(f"{base}/{address(reference, 'attachments')}?{query}", secret, file.read_bytes(), media_type),
        json,
    )


@app.command("date")
def set_dates(
    reference: Reference,
    file: Annotated[int, typer.Argument(help="The file, by its number.")],
    document_date: Dated = "",
    valid_until: Until = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say of when a file is and until when it is valid; a date that is left out is not known.

    Example: plumbline file date DOC-0007 12 --document-date 2026-01-15 --valid-until 2027-01-14
    """
    base, secret = server(url, token, data, "write")
    body = json_format.dumps({"document_date": document_date, "valid_until": valid_until}).encode()
    say_entry(ask(f"{base}/{address(reference, 'attachments')}/{file}/dates", secret, body), json)
