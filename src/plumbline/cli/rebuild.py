"""`plumbline telemetry rebuild`: make lost stores of the telemetry anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened, server_lock

_SHOWN = 10


def rebuild(
    data: Data = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            file_okay=False,
            help="Copy of the data folder, for contents that ours has lost.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Make the analytical store anew, and the opening store and spool as far as they are lost.

    Every segment is compared with its entry in the trail. Exit code 3 when the content of some is in no
    store any more, or is not what the trail has committed to; their entries are named.

    Example: plumbline telemetry rebuild --from /backup/plumbline-data
    """
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.telemetry import commands

    with server_lock(config):
        found = commands.rebuild(
            Actor.installation().id, config.data, source, output.Progress("segments compared")
        )
    if json:
        output.as_json(
            {
                "segments": found.segments,
                "events": found.events,
                "copied": found.copied,
                "missing": list(found.missing),
                "foreign": list(found.foreign),
                "set_aside": list(found.set_aside),
            }
        )
    else:
        print(f"{found.events} events of {found.segments} segments are in the analytical store.")
        for what, entries in (("in no store", found.missing), ("not what was committed", found.foreign)):
            if entries:
                named = ", ".join(map(str, entries[:_SHOWN]))
                more = f" and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
                print(f"The content of {len(entries)} segments is {what}: entries {named}{more}.")
    if found.missing or found.foreign:
        raise typer.Exit(output.EXIT_FAILED_CHECK)
