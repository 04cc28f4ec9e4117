"""`plumbline import`: whole registers in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, Malformed

ALL = "all"
"""In place of a kind: every list of the file."""
SAID = "file"
"""In place of a kind: what the file says that its rows are."""
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
Read = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        metavar="NAME=VALUE",
        help="How to read the file, such as sheet=2024, path=systems or header_row=3. Also several times.",
        show_default=False,
    ),
]
Assign = Annotated[
    str, typer.Option(help="Person (id or e-mail) who confirms what takes a second one.", show_default=False)
]
if TYPE_CHECKING:
    from plumbline.identity.actors import Actor
    from plumbline.imports.plan import ImportPlan
    from plumbline.imports.together.commands import Taken


def _take_all(content: bytes, name: str, assign: str, json: bool, *, preview: bool, others: bool) -> None:
    """Import all lists of a file, and say of each what became, or would become, of its rows."""
    if others:
        fault = Fault("all", "takes no other words", "import one list by itself to map it")
        raise Invalid("The file was not read.", [fault])
    from plumbline.identity.actors import Actor
    from plumbline.imports.together import commands

    actor = Actor.installation()
    if preview:
        done = commands.look(actor, content, name)
    else:
        done = commands.take_in(actor, content, output.note, name=name, assign=assign)
    if json:
        output.as_json(list(map(_list_as_json, done)))
    else:
        _print_lists(done)
    if any(one.faulty or (one.waits and not preview) for one in done):
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _list_as_json(one: Taken) -> dict[str, Any]:
    counts = {"create": one.created, "amend": one.amended, "unchanged": one.unchanged}
    faults = [{"line": line, "column": column, "reason": str(why)} for line, column, why in one.faulty]
    return {"kind": one.target.slug, **counts, "faults": faults, "waits": str(one.waits)}


def _print_lists(done: Sequence[Taken]) -> None:
    head = ("list", "create", "amend", "unchanged", "faults")
    rows = [(one.target.plural, one.created, one.amended, one.unchanged, len(one.faulty)) for one in done]
    output.table(head, [list(map(str, row)) for row in rows])
    for one in done:
        for line, column, why in one.faulty:
            output.note(f"{one.target.plural}, line {line}, {column}: {why}")
        if one.waits:
            output.note(f"{one.target.plural}: {one.waits}")


def _words(given: list[str]) -> dict[str, str]:
    """``--read sheet=2024`` as words of a map. Raises `Invalid` for what is none."""
    pairs = [(name, sign, value) for name, sign, value in (text.partition("=") for text in given)]
    faults = [Fault("read", "is no NAME=VALUE", "--read header_row=3") for _, sign, _ in pairs if not sign]
    if faults:
        raise Invalid("The file was not read.", faults)
    return {name.strip().replace("-", "_"): value for name, _, value in pairs}


def _look(content: bytes, words: dict[str, str], json: bool) -> None:
    """Print how a file is read, and nothing else."""
    from plumbline.imports import mapping, reading, reading_words

    found = reading_words.found(reading.read(content, mapping.reading_options(words)))
    if json:
        output.as_json(found)
        return
    _print_found(found)
    output.table(("column",), [(name,) for name in found["columns"]])
    if found["map"]:
        print(f"\nProposed map:\n\n{found['map']}", end="")


def _print_found(found: dict[str, Any]) -> None:
    """Say on standard error what a file is: beside the result, which a program may read."""
    said = [found["format"], found["encoding"], found["delimiter"], found["sheet"], found["path"]]
    row = f"header in row {found['header_row']}" if found["header_row"] else ""
    output.note(", ".join(text for text in (*said, row, f"{found['rows']} rows") if text))
    for table in found["tables"]:
        output.note(f"can be read: {table['name']}{' (hidden)' if table['hidden'] else ''}")
    for notice in found["notices"]:
        output.note(notice)


def import_register(
    kind: Annotated[str, typer.Argument(help="Kind of record; person, unit; all; file: what the file says.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The register.")],
    map_file: MapFile = None,
    read: Read = None,
    look: Annotated[bool, typer.Option("--look", help="Only say how the file is read.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would happen.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="With the map of the newest import of a file with these columns.")
    ] = False,
    faulty: Annotated[
        Path | None, typer.Option(help="File to write the rows to that cannot be taken.", show_default=False)
    ] = None,
    assign: Assign = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Import a register: read, map, check every row, then write through the door in short chunks.

    Rows with faults are left out and listed with line, column and reason. Importing the same file again
    makes no doubles. Exit code 3 when rows were left out as faulty. A file that plumbline export wrote needs
    no map; its records and links are found by their keys, and a link to a record that is not here is a fault.
    Nor does a file of a published format (CycloneDX, Croissant, OSCAL and the like); --look shows its map.

    Example: plumbline import ai-system register.csv --map map.yaml --preview
    """
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.imports import plan, reading_words
    from plumbline.imports.suggested import suggestion

    content = _bytes(file, config.upload_limit)
    if kind == ALL:
        others = bool(map_file or read or look or again or faulty)
        _take_all(content, file.name, assign, json, preview=preview, others=others)
        return
    words = _words(read or [])
    if look:
        _look(content, words, json)
        return
    actor = Actor.installation()
    map_text = reading_words.with_words(_given(actor, kind, content, map_file, again), words)
    slug = "" if kind == SAID and map_text else suggestion.kind_of(content) if kind == SAID else kind
    planned = plan.plan_file(actor, slug, content, map_text)
    handle = _write(actor, planned, file.name, preview, faulty, assign)
    _tell(planned, handle, json)
    if handle and not json:
        _say_what_is_missing(actor, handle)
    if planned.counts["faulty"]:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _given(actor: Actor, kind: str, content: bytes, map_file: Path | None, again: bool) -> str:
    """The map that was given, or that of the newest import of a file with the same columns."""
    from plumbline.imports import targets
    from plumbline.imports.remembered import queries as remembered

    if map_file is not None:
        return _text(map_file)
    return remembered.of_file(actor, targets.get(kind), content).map_text if again else ""


def _write(
    actor: Actor, planned: ImportPlan, name: str, preview: bool, faulty: Path | None, assign: str
) -> str:
    """Write what is planned unless it is a ``preview``, and the ``faulty`` rows; the handle of the import."""
    from plumbline.imports import commands, queries, rejects
    from plumbline.imports.batch import commands as batch
    from plumbline.imports.batch import handover

    if faulty is not None:
        faulty.touch(mode=0o600)  # before anything is written, so that no fault is lost for want of a place
    handle = ""
    restated = planned.summary.restated
    writing = not preview and planned.counts["create"] + planned.counts["amend"] + restated > 0
    if writing or faulty is not None:
        handle = commands.keep(actor, planned, name).handle
    if writing and assign and handover.second_person(queries.job(actor, handle)):
        assigned = batch.assign(actor, handle, assign)
        output.note(f"{handle} waits for {assigned.assignee}, who confirms it.")
        writing = False
    if writing:
        progress = output.Progress("rows written")
        commands.run(actor, handle, progress=lambda job: progress(job.written, job.to_write))
    if faulty is not None:
        with faulty.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(rejects.faulty_csv(actor, handle))
    return handle


def _say_what_is_missing(actor: Actor, handle: str) -> None:
    """How many of the new records are imported, incomplete, and how to list them."""
    from plumbline.imports import queries

    shown, lacking = queries.job(actor, handle), queries.incomplete(actor, handle)
    if lacking:
        print(
            f"Imported, incomplete: {lacking} of the new records lack answers before they can be approved. "
            f"plumbline export {shown.kind.slug} --where imported:incomplete says which."
        )


def _tell(planned: ImportPlan, handle: str, json: bool) -> None:
    from plumbline.imports import reading_words, summary
    from plumbline.imports.directory.declarations import Directory

    if json:
        result = {
            "import": handle,
            "counts": planned.counts,
            "faults": _faults(planned),
            "found": reading_words.found(planned.sheet),
            "summary": summary.as_json(planned.summary, plain=True),
        }
        output.as_json(result)
        return
    _print_found(reading_words.found(planned.sheet))
    if isinstance(planned.kind, Directory):
        output.note(planned.kind.says)
    print(", ".join(f"{number} {outcome}" for outcome, number in planned.counts.items() if number))
    account_of = planned.summary
    for order in account_of.dates:
        read = order.order or "not read where they may mean two days"
        print(f"Dates in {order.column} (such as {order.example}): {read}, {order.known}")
    if rows := list(summary.lines_of(account_of)):
        output.table(("what", "rows", "column", "why", "lines"), rows)
    for double in account_of.doubles:
        print(f"Line {double['line']} is likely {double['reference']}")
    if account_of.gone:
        print(f"No longer in the file: {', '.join(account_of.gone)}")
    if account_of.unused:
        print(f"Columns that no field takes: {', '.join(account_of.unused)}")


def _bytes(file: Path, limit: int) -> bytes:
    content = file.read_bytes()
    if len(content) > limit:
        over = say("fault.over-bytes", "is over {limit} bytes", limit=limit)
        raise Invalid("The file was not read.", [Fault("file", over, "split it")])
    return content


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(
            "The map cannot be read.", [Fault("map", "is no text in UTF-8", "save it again as UTF-8")]
        ) from error


def _faults(planned: ImportPlan) -> list[dict[str, Any]]:
    return [
        {
            "line": row.line,
            "column": fault.column,
            "value": fault.text,
            "reason": f"{fault.message} ({fault.remedy})",
        }
        for row in planned.rows
        for fault in row.faults
    ]
