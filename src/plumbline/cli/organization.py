"""`plumbline organization`: the whole of it out in open formats, in elsewhere, and the drill of both."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json, migrate
from plumbline.cli.installation import configure, opened, start_django
from plumbline.config import Config, keep
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import Problem, Unavailable

if TYPE_CHECKING:
    from plumbline.portability.commands import Moved
    from plumbline.portability.manifest import Manifest

app = typer.Typer(
    no_args_is_help=True, help="Take the whole organization out, and in elsewhere.", rich_markup_mode=None
)


@app.command("export")
def export(
    target: Annotated[
        Path, typer.Argument(help="New folder, or new file that ends in .zip.", metavar="DIR|FILE")
    ],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write everything in open formats: records by kind, history, links, people, the log, events, files.

    As of one moment, while the server runs. README.md in it says what every field means. Passwords, second
    factors and tokens stay behind. Whoever has the export can read all of it.

    Example: plumbline organization export ./leaving.zip
    """
    config = opened(data)
    _sign()
    from plumbline.portability import archive
    from plumbline.portability import export as exporting
    from plumbline.portability.entries import note_export

    place = target.expanduser().absolute()
    if archive.is_archive(place):
        with TemporaryDirectory(prefix="plumbline-export-") as name:
            made = exporting.export(config, Path(name) / "export")
            archive.pack(Path(name) / "export", place)
    else:
        made = exporting.export(config, place)
    try:
        note_export(made)
    except Problem as problem:
        output.note(f"The export is whole, and the trail could not note it: {problem.detail}")
    _say_exported(made, place, json)


def _sign() -> None:
    """Sign what is not signed yet, so that the export proves all of it; a running server has done so."""
    from plumbline.trail import publisher

    try:
        publisher.publish()
    except Problem as problem:
        output.note(f"The newest entries are not signed: {problem.detail}")


def _say_exported(made: Manifest, place: Path, json: bool) -> None:
    log, counts = made.facts["log"], made.facts["counts"]
    if json:
        output.as_json({"export": str(place), "bytes": made.total_bytes, "log": log, "counts": counts})
        return
    records = sum(count for name, count in counts.items() if name.startswith("registers/"))
    print(
        f"Exported {made.facts['organization']} to {place}: {records:,} records, {log['size']:,} entries, "
        f"{counts['events/openings.jsonl']:,} events, {counts['files']:,} files, "
        f"{format_number(made.total_bytes / 1e6)} MB unpacked. README.md in it says what is what."
    )
    print("Not in it: passwords, second factors and tokens. People get new links, programs new tokens.")


@app.command("import")
def import_organization(
    source: Annotated[
        Path, typer.Argument(exists=True, help="Folder or .zip of the export.", metavar="EXPORT")
    ],
    data: Annotated[Path, typer.Option("--data", help="New data folder.")],
    json: Json = False,
) -> None:
    """Bring an exported organization into a new installation, with references, history, files and people.

    The old log comes along whole and proves what it proved; the first entry of the new installation names it,
    and new keys sign from there on. Everything is checked before anything is written. Nobody has a password
    afterwards: make a link with plumbline init --email ADDRESS.

    Example: plumbline organization import ./leaving.zip --data /var/lib/plumbline
    """
    from plumbline.portability import archive
    from plumbline.portability.whole_folder import refuse_taken, whole_folder

    os.umask(0o077)
    target = data.expanduser().absolute()
    refuse_taken(target)
    with archive.unpacked(source.expanduser().absolute()) as folder, whole_folder(target) as partial:
        config = configure(partial)
        start_django()
        moved, organization = _take_in(config, folder)
        keep(partial, organization=organization)
    _say_imported(moved, target, json)


def _take_in(config: Config, folder: Path) -> tuple[Moved, str]:
    from django.db import connections

    from plumbline.portability import commands
    from plumbline.telemetry.store.duckdb import DuckStore
    from plumbline.telemetry.transfer import close
    from plumbline.trail import publisher

    found, _ = commands.read(folder)
    migrate(config)
    store = DuckStore(config.data / "evidence.duckdb")
    try:
        moved = commands.take_in(config, folder, f"plumbline/{secrets.token_hex(4)}/1", store)
    finally:
        store.close()
    publisher.publish()
    close(config.data)
    connections.close_all()
    return moved, str(found.facts.get("organization") or "Your organization")


def _say_imported(moved: Moved, target: Path, json: bool) -> None:
    if json:
        output.as_json(
            {
                "data": str(target),
                "rows": moved.rows,
                "events": moved.events,
                "old_log": {"origin": moved.old.origin, "size": moved.old.size, "root": moved.old.root.hex()},
                "vkey": moved.vkey,
                "pack_vkey": moved.pack_vkey,
                "recovery": moved.recovery,
            }
        )
        return
    print(
        f"{target} holds {moved.rows:,} rows, {moved.old.size:,} entries of the old log and "
        f"{moved.events:,} events."
    )
    print(f"Log key, to be given to auditors by another way:  {moved.vkey}")
    print(f"Recovery key, shown only now; write it on paper:  {moved.recovery}")
    print(f"Old log, still proved by its own key:             {moved.old.vkey or 'none'}")
    print(f"Start it with: {output.line('serve', '--data', str(target))}")
    link = output.line("init", "--data", str(target), "--email", "ADDRESS")
    print(f"Nobody has a password here. A link for somebody to sign in: {link}")


@app.command("drill")
def drill(data: Data = None, json: Json = False) -> None:
    """Rehearse leaving: export, import into an empty installation, and compare roots and every row.

    Works in a temporary folder and changes nothing here. Exit code 3 when anything differs.

    Example: plumbline organization drill
    """
    config = opened(data)
    _sign()
    from plumbline.portability import drill as drilling
    from plumbline.portability import export as exporting

    with TemporaryDirectory(prefix="plumbline-drill-") as name:
        top = Path(name)
        exporting.export(config, top / "before")
        new = str(top / "data")
        _run("organization", "import", str(top / "before"), "--data", new)
        _run("organization", "export", str(top / "after"), "--data", new)
        _run("trail", "scrub", "--data", new)
        report = drilling.compare(top / "before", top / "after")
    if json:
        differences = [{"file": one.place, "line": one.line, "what": one.what} for one in report.differences]
        output.as_json(
            {
                "ok": report.ok,
                "files": report.files,
                "lines": report.lines,
                "root": report.root,
                "differences": differences,
            }
        )
    else:
        what = "nothing differs" if report.ok else "they are not the same"
        print(
            f"Compared {report.lines:,} lines in {report.files:,} files, up to the root {report.root}: "
            f"{what}."
        )
        for one in report.differences:
            print(f"  {one.place}, line {one.line}: {one.what}")
    if not report.ok:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _run(*words: str) -> None:
    """Run a command in a process of its own: an installation belongs to one process."""
    # On SQLite also where this installation is on PostgreSQL: the drill needs no second database.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    command = [sys.executable, "-m", "plumbline.cli.main", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [f"code {done.returncode}"]
        raise Unavailable(
            say("portability.drill-failed", "The drill stopped: {error}", error=" ".join(lines[-3:])[:500])
        )


@app.command("settings")
def settings(data: Data = None, json: Json = False) -> None:
    """List the settings of the organization, with who changed them or what fixes them.

    Example: plumbline organization settings
    """
    opened(data)
    from plumbline.identity.organization import proofs, queries

    proofs.verify()
    rows = [
        {
            "name": row.name,
            "value": row.value,
            "environment": row.variable or None,
            "changed_at": clock.rfc3339(row.changed_at) if row.changed_at is not None else None,
            "changed_by": row.changed_by or None,
        }
        for row in queries.rows()
    ]
    if json:
        output.as_json(rows)
        return
    output.table(
        ("setting", "value", "fixed by", "changed", "by"),
        [[value or "" for value in row.values()] for row in rows],
    )


@app.command("set")
def set_value(
    name: Annotated[str, typer.Argument(help="The setting, such as organization.")],
    value: Annotated[str, typer.Argument(help="Its new value; of document_logo the file, or nothing.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Set a setting of the organization; the trail says that the operator did it.

    Example: plumbline organization set organization "Halden Insurance"
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.identity.organization import commands

    if name == commands.LOGO:
        content = Path(value).read_bytes() if value else b""
        changed = [name] if commands.change_logo(Actor.installation(), content) else []
    else:
        changed = commands.change(Actor.installation(), {name: value})
    if json:
        output.as_json({"changed": changed})
        return
    print(f"{name} is set" if changed else f"{name} was like that already")
