"""`plumbline trail rotate-key`, `retire-key`, `announce-key`: one key takes the place of another."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened, opened_without_log_key
from plumbline.kernel.clock import rfc3339

if TYPE_CHECKING:
    from plumbline.trail.rotation import Rotation

Role = Annotated[str, typer.Option(help="Which key: log or pack.")]


def rotate_key(
    data: Data = None,
    role: Role = "log",
    overlap: Annotated[
        int, typer.Option(help="Days in which the old log key signs beside the new one.", min=0, max=3660)
    ] = 30,
    json: Json = False,
) -> None:
    """Put a new key in the place of the present one, with an entry that both keys sign.

    Give the new log key to whoever checks packs before the overlap is over. A pack that carries the entry can
    also be checked with the old key.

    Example: plumbline trail rotate-key --overlap 60
    """
    config = opened(data)
    from plumbline.trail import rotation

    _report(rotation.rotate(config.data, role, timedelta(days=overlap)), json=json)


def retire_key(data: Data = None, json: Json = False) -> None:
    """End the overlap now: the old log key signs nothing more that counts, and its file is removed.

    A running server does this by itself when the overlap is over.

    Example: plumbline trail retire-key
    """
    config = opened(data)
    from plumbline.trail import rotation

    index = rotation.retire(config.data)
    output.as_json({"entry": index}) if json else print(f"The old key is retired by entry {index}.")


def announce_key(data: Data = None, role: Role = "log", json: Json = False) -> None:
    """Put a new key in the place of a lost one. Asks for the recovery key that init showed.

    The recovery key is read from the keyboard, or from standard input, and stored nowhere.

    Example: plumbline trail announce-key
    """
    config = opened_without_log_key(data)
    from plumbline.trail import rotation

    if sys.stdin.isatty():
        recovery = str(typer.prompt("Recovery key", hide_input=True, err=True))
    else:
        recovery = sys.stdin.readline()
    _report(rotation.announce(config.data, recovery, role), json=json)


def _report(done: Rotation, *, json: bool) -> None:
    ends = done.overlap_ends
    if json:
        output.as_json(
            {
                "role": done.role,
                "old": done.old,
                "new": done.new,
                "entry": done.entry,
                "overlap_ends": rfc3339(ends) if ends else None,
            }
        )
        return
    print(f"New {done.role} key, to be given to auditors by another way:  {done.new}")
    print(f"Named by entry {done.entry}, in the place of {done.old}")
    if ends:
        print(f"Both sign until {ends:%Y-%m-%d}; then the old key is retired.")
