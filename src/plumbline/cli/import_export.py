"""`plumbline import` and `plumbline export`: whole registers in and out."""

from __future__ import annotations

import itertools
import json as json_format
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, Malformed

STATEMENT = "applicability-statement"
MapFile = Annotated[
    Path | None,
    typer.Option(
        "--map",
        exists=True,
        dir_okay=False,
        help="YAML file: which column is what. Not needed for a file that plumbline export wrote.",
        show_default=False,
    ),
]
if TYPE_CHECKING:
    from plumbline.imports.plan import ImportPlan


def export(
    kind: Annotated[
        str, typer.Argument(help="Kind of record, such as ai-system; or applicability-statement.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="File to write. Default: standard output.", show_default=False)
    ] = None,
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write all records of a kind, or the statement of applicability, as CSV, or as JSON with --json.

    In CSV, cells that a spreadsheet would run as formulas are made harmless.

    Example: plumbline export ai-system --out systems.csv
    """
    instant = parse_as_of(as_of)
    opened(data)
    chunks = _statement(json, instant) if kind == STATEMENT else _register(kind, json, instant)
    if out is None:
        for chunk in chunks:
            sys.stdout.write(chunk)
        return
    with out.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(chunks)
    output.note(f"wrote {out}")


def _register(kind: str, json: bool, instant: datetime | None) -> Iterator[str]:
    from plumbline.identity.actors import Actor
    from plumbline.records import csv_export, kinds, queries, read_log
    from plumbline.records.qualified import queries as qualified

    if instant is not None and not json:
        raise Invalid("Nothing was written.", [Fault("as-of", "of a register goes with JSON", "add --json")])
    chosen, operator = kinds.get(kind), Actor.installation()
    with read_log.logged():
        if json:
            written = queries.claimed(chosen.slug, instant)
            read_log.of_list(operator, chosen, len(written))
            names = qualified.of_kind(chosen.slug)
            written = [{**row, "qualified_reference": names[row["reference"]]} for row in written]
            return iter([json_format.dumps(written, ensure_ascii=False, indent=2) + "\n"])
        rows = csv_export.rows(operator, chosen)
        first = list(itertools.islice(rows, 1))
    return csv_export.csv_chunks(itertools.chain(first, rows), csv_export.header(chosen))


def _statement(json: bool, instant: datetime | None) -> Iterator[str]:
    from plumbline.identity.actors import Actor
    from plumbline.reports import applicability, applicability_export

    made = applicability.statement(Actor.installation(), instant)
    if json:
        plain = applicability_export.as_dict(made)
        return iter([json_format.dumps(plain, ensure_ascii=False, indent=2) + "\n"])
    return applicability_export.csv_text(made)


def import_register(
    kind: Annotated[str, typer.Argument(help="Kind of record, such as ai-system.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV file.")],
    map_file: MapFile = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would happen.")] = False,
    faulty: Annotated[
        Path | None, typer.Option(help="File to write the rows to that cannot be taken.", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Import a register: read, map, check every row, then write through the door in short chunks.

    Rows with faults are left out and listed with line, column and reason. Importing the same file again
    makes no doubles. Exit code 3 when rows were left out as faulty. A file that plumbline export wrote needs
    no map; its records and links are found by their keys, and a link to a record that is not here is a fault.

    Example: plumbline import ai-system register.csv --map map.yaml --preview
    """
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.imports import commands, plan, rejects

    content = file.read_bytes()
    if len(content) > config.upload_limit:
        over = say("fault.over-bytes", "is over {limit} bytes", limit=config.upload_limit)
        raise Invalid("The file was not read.", [Fault("file", over, "split it")])
    actor = Actor.installation()
    planned = plan.plan_file(actor, kind, content, _text(map_file) if map_file else "")
    if faulty is not None:
        faulty.touch(mode=0o600)  # before anything is written, so that no fault is lost for want of a place
    handle = ""
    writing = not preview and planned.counts["create"] + planned.counts["amend"] > 0
    if writing or faulty is not None:
        handle = commands.keep(actor, planned, file.name).handle
    if writing:
        progress = output.Progress("rows written")
        commands.run(actor, handle, progress=lambda job: progress(job.written, job.to_write))
    if faulty is not None:
        with faulty.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(rejects.faulty_csv(actor, handle))
    _tell(planned, handle, json)
    if planned.counts["faulty"]:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _tell(planned: ImportPlan, handle: str, json: bool) -> None:
    if json:
        output.as_json({"import": handle, "counts": planned.counts, "faults": _faults(planned)})
        return
    print(", ".join(f"{number} {outcome}" for outcome, number in planned.counts.items() if number))
    rows = [(fault["line"], fault["column"], fault["reason"]) for fault in _faults(planned)[:50]]
    if rows:
        output.table(("line", "column", "reason"), rows)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            "The map cannot be read.", [Fault("map", "is no text in UTF-8", "save it again as UTF-8")]
        ) from error


def _faults(planned: ImportPlan) -> list[dict[str, Any]]:
    return [
        {"line": row.line, "column": fault.column, "reason": f"{fault.message} ({fault.remedy})"}
        for row in planned.rows
        for fault in row.faults
    ]
