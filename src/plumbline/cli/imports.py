"""`plumbline imports`: an import that is on the server, as the person whose token is given."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask_rows, server

app = typer.Typer(no_args_is_help=True, help="Imports on a running server.", rich_markup_mode=None)
Reference = Annotated[str, typer.Argument(help="Reference of a record, such as SYS-0001.")]


@app.command("stated")
def stated(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Show what the source of an imported record states of it in its own words, the newest edition first.

    Example: plumbline imports stated SYS-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/api/v1/sources/{reference.upper()}", secret)
    if json:
        output.as_json(found)
        return
    if not found:
        output.note(f"No source states anything of {reference.upper()} in its own words.")
        return
    rows = [
        (
            one["about"],
            one["column"],
            one["text"],
            edition["file"],
            str(edition["imported"] or "")[:10],
            edition["line"],
        )
        for edition in found
        for one in edition["words"]
    ]
    output.table(("about", "column", "text", "file", "imported", "line"), rows)
