"""`plumbline backup` and `plumbline restore`: a copy to go on with after a loss, and going on with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import configure, is_served, opened, start_django
from plumbline.config import load
from plumbline.kernel.number_format import format_number
from plumbline.kernel.problems import Conflict, Problem

if TYPE_CHECKING:
    from plumbline.portability.restore import Restored
    from plumbline.portability.stored_backup import Backup


def backup(
    folder: Annotated[Path, typer.Argument(help="New folder to write the backup to.", metavar="DIR")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Write nothing: check the backup that is in DIR.")
    ] = False,
    signing_keys: Annotated[
        bool, typer.Option("--signing-keys/--no-signing-keys", help="Whether log.key and pack.key are in it.")
    ] = True,
    data: Data = None,
    json: Json = False,
) -> None:
    """Copy the installation as of one moment, while it runs: database, events, files, keys, guard, settings.

    DIR appears as a whole or not at all, and must not be there. The keys of openings lie beside it in one
    file, which every backup replaces. Whoever has the backup has the installation: keep it for its owner
    alone. Exit code 3 when files of records were damaged already.

    Example: plumbline backup /mnt/backup/2026-11-20
    """
    if verify:
        os.umask(0o077)
        from plumbline.portability import stored_backup

        _say(stored_backup.verify(folder.expanduser()), json, "is whole")
        return
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.portability import backup as backups
    from plumbline.portability import entries

    made = backups.make(config, folder.expanduser().absolute(), signing_keys=signing_keys)
    try:
        entries.note_backup(Actor.installation(), made)
    except Problem as problem:  # a log that takes no entries is a reason to have a backup, not to have none
        output.note(f"The backup is whole, and the trail could not note it: {problem.detail}")
    if made.folder.stat().st_dev == config.data.stat().st_dev:
        output.note("The backup is on the same disk as the data. Copy it to another one.")
    _say(made, json, "was written")
    for name in made.damaged:
        output.note(f"{name}: these bytes are not those that were attached; the backup has them as they are.")
    if made.damaged:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _say(made: Backup, json: bool, what: str) -> None:
    facts, size = made.manifest.facts, made.manifest.total_bytes
    if json:
        told = {key: facts[key] for key in ("id", "version", "made_at", "database", "log", "events", "keys")}
        told |= {
            "folder": str(made.folder),
            "files": len(made.manifest.files),
            "bytes": size,
        }
        told |= {
            "left_out": facts["left_out"],
            "opening_keys": facts["opening_keys"],
            "damaged": facts["damaged"],
        }
        output.as_json(told)
        return
    print(
        f"Backup {made.id} {what}: {made.size:,} entries, {facts['events']:,} events, "
        f"{len(made.manifest.files):,} files, {format_number(size / 1e6)} MB, in {made.folder}"
    )
    for name, why in facts["keys"].items():
        print(f"  in it:     keys/{name} ({why})")
    for name, why in facts["left_out"].items():
        print(f"  not in it: {name} ({why})")


Previous = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Data folder that this one takes the place of: what it knows better is kept.",
        show_default=False,
    ),
]
OpeningKeys = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Copy of the key store, if it is no longer beside the backup.",
        show_default=False,
    ),
]


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of the backup.", metavar="DIR")],
    to: Annotated[Path, typer.Option("--to", help="New data folder.", metavar="DATA")],
    previous: Previous = None,
    opening_keys: OpeningKeys = None,
    json: Json = False,
) -> None:
    """Make a data folder from a backup, after checking every file and the log in it.

    Nothing is overwritten: the new folder must not be there, and a guard that has seen more is never set
    back. Then the trail is read-only until plumbline trail recover has said what became of those entries.
    What was erased since the backup stays unreadable, since its keys are gone. Everybody signs in anew.

    Example: plumbline restore /mnt/backup/2026-11-20 --to /var/lib/plumbline
    """
    target, source = to.expanduser().absolute(), folder.expanduser().absolute()
    os.umask(0o077)
    from plumbline.portability import restore as restoring

    environment = {**os.environ, "PLUMBLINE_DATA": str(target)}
    config = load(environment, file=source / "data" / "settings.toml")
    if target.exists() and is_served(config):
        raise Conflict(f"A server runs on {target}. Stop it first.")
    restored = restoring.restore(source, target, config, previous=previous, opening_keys=opening_keys)
    configure(target)
    start_django()
    entry = _note(restored)
    if json:
        output.as_json(
            {
                "data": str(target),
                "backup": restored.backup.id,
                "entries": restored.backup.size,
                "entry": entry,
                "beyond": restored.beyond,
            }
        )
        return
    print(
        f"{target} holds {restored.backup.size:,} entries, as of {restored.backup.manifest.facts['made_at']}."
    )
    if restored.beyond:
        print(restored.remedy)
    else:
        print(f"Start it with: {output.line('serve', '--data', str(target))}")
        print(
            "What was recorded after the backup is not here. If a checkpoint of more entries is anywhere "
            "(with an auditor, in a mailbox, in a repository), declare them lost before more is signed: "
            + output.line("trail", "recover", "--help")
        )


def _note(restored: Restored) -> int | None:
    """The entry that says so; none while the trail takes none, which the restored folder then says itself."""
    if restored.beyond:
        return None
    from django.conf import settings

    from plumbline.cli.install import migrate
    from plumbline.identity.actors import Actor
    from plumbline.portability import entries

    migrate(settings.PLUMBLINE)
    return entries.note_restored(Actor.installation(), restored).index
