"""`plumbline trail anchors` and `trail anchor`: who holds checkpoints outside, and handing one out now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened

if TYPE_CHECKING:
    from plumbline.anchors.queries import Anchoring


def anchors(data: Data = None, json: Json = False) -> None:
    """Say who holds checkpoints outside, since when, and what that shows. Exit code 3 when one contradicts.

    Example: plumbline trail anchors
    """
    opened(data)
    from plumbline.anchors import queries

    found = queries.anchoring()
    if json:
        output.as_json(
            {
                "claim": str(found.claim),
                "quorum": str(found.quorum),
                "held_outside": found.is_held_outside,
                "contradicted": found.is_contradicted,
                "anchors": [queries.as_dict(status) for status in found.statuses],
            }
        )
    else:
        _print(found)
    if found.is_contradicted:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def anchor(data: Data = None, json: Json = False) -> None:
    """Hand the newest checkpoint to every anchor now. Exit code 3 when one does not take it.

    Example: plumbline trail anchor
    """
    opened(data)
    from plumbline.anchors import queries, stage

    wanted = sum(1 for _ in queries.targets())
    taken = stage.send_now()
    found = queries.anchoring()
    if json:
        output.as_json(
            {"taken": taken, "of": wanted, "anchors": [queries.as_dict(s) for s in found.statuses]}
        )
    else:
        print(f"{taken} of {wanted} have taken the newest checkpoint.")
        _print(found)
    if taken < wanted or found.is_contradicted:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _print(found: Anchoring) -> None:
    print(found.claim)
    print(found.quorum)
    rows = []
    for status in found.statuses:
        span = status.span
        since = (
            f"{span.first:%Y-%m-%d %H:%M}"
            if span
            else "not set up"
            if not status.is_configured
            else "nothing yet"
        )
        said = status.contradiction or status.error or (status.shows if span else status.remedy)
        rows.append((status.title, status.name, since, span.size if span else "", said))
    output.table(("anchor", "name", "since (UTC)", "entries", "says"), rows)
