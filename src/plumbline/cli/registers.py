"""`plumbline import` and `plumbline export`: whole registers in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data
from plumbline.cli.opening import opened


def export(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as ai-system.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write. Default: standard output.", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Write all records of a kind as CSV; cells that a spreadsheet would run as formulas are made harmless.

    Example: plumbline export ai-system --out systems.csv
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.records import kinds, tables

    chosen = kinds.get(kind)
    chunks = tables.csv_chunks(tables.rows(Actor.installation(), chosen), tables.header(chosen))
    if out is None:
        for chunk in chunks:
            sys.stdout.write(chunk)
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(chunks)
    output.note(f"wrote {out}")
