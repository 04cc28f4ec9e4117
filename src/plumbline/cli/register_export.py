"""`plumbline export`: whole registers out."""

from __future__ import annotations

import itertools
import json as json_format
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.problems import Fault, Invalid

STATEMENT, ALL = "applicability-statement", "all"
if TYPE_CHECKING:
    pass


def export(
    kind: Annotated[
        str,
        typer.Argument(help="Kind of record; person, unit, all, or applicability-statement."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write. Default: standard output.", show_default=False)
    ] = None,
    where: Annotated[
        str, typer.Option(help="Only records for which these conditions hold.", show_default=False)
    ] = "",
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Write a workbook; --out says where.")] = False,
) -> None:
    """Write the records of a kind, or the statement of applicability, as CSV, or as JSON with --json.

    With --xlsx the records become a workbook with typed cells and a sheet that explains the columns.
    Cells that a spreadsheet would run as formulas are made harmless. Links are the keys of other
    records, people their e-mail addresses; plumbline import finds both again, here and elsewhere.

    Example: plumbline export ai-system --where 'live:yes -has:impact-assessment(is:in-force)'
    """
    opened(data)
    instant = parse_as_of(as_of)
    if kind == ALL:
        _everything(out, "xlsx" if xlsx else "json" if json else "csv", others=bool(where or instant))
        return
    if _is_directory(kind):
        if where or instant is not None:
            fault = Fault("where", "goes with records only", "leave --where and --as-of out")
            raise Invalid("Nothing was written.", [fault])
        _directory(kind, out, "xlsx" if xlsx else "json" if json else "csv")
        return
    if xlsx:
        _workbook(kind, out, where, others=json or instant is not None)
        return
    chunks = _statement(json, instant) if kind == STATEMENT else _register(kind, json, instant, where)
    if out is None:
        for chunk in chunks:
            sys.stdout.write(chunk)
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(chunks)
    output.note(f"wrote {out}")


def _everything(out: Path | None, ending: str, *, others: bool) -> None:
    from plumbline.identity.actors import Actor
    from plumbline.imports.together import archive
    from plumbline.records import read_log

    if out is None or others:
        raise Invalid("Nothing was written.", [Fault("out", "says where all lists go", "--out lists.zip")])
    with read_log.logged():
        made = archive.write(Actor.installation(), ending)
    with out.open("wb") as stream:
        stream.writelines(archive.blocks(made))
    output.note(f"wrote {out}")


def _is_directory(kind: str) -> bool:
    from plumbline.imports import targets
    from plumbline.imports.directory.declarations import Directory

    return kind != STATEMENT and isinstance(targets.get(kind), Directory)


def _directory(kind: str, out: Path | None, ending: str) -> None:
    from plumbline.identity.actors import Actor
    from plumbline.imports import targets
    from plumbline.imports.directory import export as directory
    from plumbline.imports.directory.declarations import Directory
    from plumbline.records import read_log

    found = targets.get(kind)
    assert isinstance(found, Directory)
    with read_log.logged():
        pieces = directory.pieces(Actor.installation(), found, ending)
    if out is None:
        sys.stdout.buffer.write(b"".join(pieces))
        return
    with out.open("wb") as stream:
        stream.writelines(pieces)
    output.note(f"wrote {out}")


def _register(kind: str, json: bool, instant: datetime | None, where: str) -> Iterator[str]:
    from plumbline.identity.actors import Actor
    from plumbline.records import csv_export, kinds, queries, read_log
    from plumbline.records.qualified import queries as qualified

    if instant is not None and not json:
        raise Invalid("Nothing was written.", [Fault("as-of", "of a register goes with JSON", "add --json")])
    if instant is not None and where:
        raise Invalid("Nothing was written.", [Fault("as-of", "takes no conditions", "leave --where out")])
    chosen, operator = kinds.get(kind), Actor.installation()
    with read_log.logged():
        if json:
            written = queries.claimed(chosen.slug, instant)
            if where:
                kept = set(queries.references(operator, chosen, where))
                written = [row for row in written if row["reference"] in kept]
            read_log.of_list(operator, chosen, len(written))
            names = qualified.of_kind(chosen.slug)
            written = [{**row, "qualified_reference": names[row["reference"]]} for row in written]
            if instant is None:
                keyed = csv_export.keyed(operator, chosen)
                written = [{**row, **keyed[row["reference"]]} for row in written]
            read_log.of_export(operator, chosen.slug, len(written))
            return iter([json_format.dumps(written, ensure_ascii=False, indent=2) + "\n"])
        rows = csv_export.rows(operator, chosen, where=where)
        first = list(itertools.islice(rows, 1))
    return csv_export.csv_file(itertools.chain(first, rows), csv_export.header(chosen))


def _workbook(kind: str, out: Path | None, where: str, *, others: bool) -> None:
    if out is None or others or kind == STATEMENT:
        fault = Fault("xlsx", "goes with a kind of record, --out and --where only", "--xlsx --out risks.xlsx")
        raise Invalid("Nothing was written.", [fault])
    from plumbline.identity.actors import Actor
    from plumbline.records import kinds, read_log, typed_export

    with read_log.logged():
        pieces = typed_export.xlsx(Actor.installation(), kinds.get(kind), where=where)
    with out.open("wb") as stream:
        stream.writelines(pieces)
    output.note(f"wrote {out}")


def _statement(json: bool, instant: datetime | None) -> Iterator[str]:
    from plumbline.identity.actors import Actor
    from plumbline.reports import applicability, applicability_export

    made = applicability.statement(Actor.installation(), instant)
    if json:
        plain = applicability_export.as_dict(made)
        return iter([json_format.dumps(plain, ensure_ascii=False, indent=2) + "\n"])
    return applicability_export.csv_text(made)
