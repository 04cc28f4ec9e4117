"""`plumbline statement`: freeze the statement of applicability, show a version, compare two."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import frozen_versions
from plumbline.cli.frozen_versions import Earlier, Later, Occasion, Title
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url

app = typer.Typer(
    no_args_is_help=True, help="Versions of the statement of applicability.", rich_markup_mode=None
)
Version = Annotated[str, typer.Argument(help="Reference of a version, such as SOA-0002.")]


@app.command("freeze")
def freeze(
    title: Title,
    occasion: Occasion,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Freeze the statement as it is now and ask for its approval, as the person whose token is given.

    Example: plumbline statement freeze --title "Statement 2026" --occasion "Stage 2 audit"
    """
    values = {"title": title, "occasion": occasion}
    frozen_versions.freeze("versions-of-the-statement", values, data, url, token, json)


@app.command("show")
def show(
    reference: Version,
    data: Data = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
    json: Json = False,
) -> None:
    """Show what a version froze: each control with its decision, and the state that was measured that day.

    Example: plumbline statement show SOA-0001 --csv
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import statement_versions
    from plumbline.wording import english

    found = statement_versions.version(Actor.installation(), reference)
    lines = (
        f"{found.reference}, version {found.number} of {found.day}, {found.state}",
        f"{english(statement_versions.counted(found))} SHA-256 {found.sha256}",
    )
    rows = [
        (
            *(row[name] for name in ("number", "title", "applicable", "reference", "revision")),
            *(row["state"].get(name, "") for name in ("measured", "share", "attested")),
        )
        for row in found.rows
    ]
    table = ("control", "title", "applies", "row", "revision", "measured", "members", "attested"), rows
    frozen_versions.show(found, statement_versions.csv_text(found), lines, table, csv=csv, json=json)


@app.command("compare")
def compare(
    later: Later = "",
    earlier: Earlier = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what changed from an earlier version of the statement to a later one.

    Example: plumbline statement compare now --earlier SOA-0001
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import statement_changes

    frozen_versions.show_comparison(statement_changes.compare(Actor.installation(), earlier, later), json)
