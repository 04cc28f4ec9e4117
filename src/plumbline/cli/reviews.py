"""`plumbline review`: compare the inputs of two management reviews."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened

app = typer.Typer(no_args_is_help=True, help="Management reviews.", rich_markup_mode=None)


@app.callback()
def _reviews() -> None:
    """Management reviews."""


@app.command("compare")
def compare(
    reference: Annotated[str, typer.Argument(help="Reference of the later review, such as MRV-0002.")],
    earlier: Annotated[str, typer.Option(help="The earlier one. Default: the one approved before.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what was put before a management review that was otherwise in an earlier one.

    Example: plumbline review compare MRV-0002
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import review_changes
    from plumbline.wording import english

    found = review_changes.compare(Actor.installation(), reference, earlier)
    if json:
        output.as_json(review_changes.as_dict(found))
    elif not found.changes:
        output.note("Nothing has changed.")
    else:
        output.table(
            ("input", "what", "about", "change"),
            [(row.title, row.what, row.about, english(row.message)) for row in found.changes],
        )
