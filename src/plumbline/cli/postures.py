"""`plumbline posture`: what the checks read beside what people attest, now, as of a day, and in versions."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import frozen_versions, output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.frozen_versions import Earlier, Later, Occasion, Title
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url
from plumbline.kernel.states import MeasuredState

app = typer.Typer(rich_markup_mode=None)
Version = Annotated[str, typer.Argument(help="Reference of a version, such as PST-0002.")]


@app.callback(invoke_without_command=True)
def posture(
    context: typer.Context,
    data: Data = None,
    failing: Annotated[
        bool, typer.Option("--failing", help="Exit with 3 when a requirement is failing.")
    ] = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List every requirement with its measured state, attested state, age and reasons.

    Example: plumbline posture --json
    """
    if context.invoked_subcommand is not None:
        return
    opened(data)
    instant = parse_as_of(as_of)
    from plumbline.controls import posture as posture_of
    from plumbline.controls import requirement_posture

    rows = posture_of.posture(at=instant)
    if json:
        output.as_json([requirement_posture.as_dict(row) for row in rows])
    else:
        output.table(
            ("requirement", "title", "measured", "members", "at most", "age", "attested", "reason"),
            [requirement_posture.as_cells(row) for row in rows],
        )
    if failing and any(row.measured is MeasuredState.FAILING for row in rows):
        raise typer.Exit(output.EXIT_FAILED_CHECK)


@app.command("freeze")
def freeze(
    title: Title,
    occasion: Occasion,
    as_of: Annotated[
        str, typer.Option(help="The day whose states it shows, such as 2026-11-20. Default: now.")
    ] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Freeze the posture as of now or of a day and ask for its approval, as the person whose token is given.

    Example: plumbline posture freeze --title "Half-year" --occasion "Management review" --as-of 2026-06-30
    """
    values = {"title": title, "occasion": occasion} | ({"as_of_day": as_of} if as_of else {})
    frozen_versions.freeze("versions-of-the-posture", values, data, url, token, json)


@app.command("show")
def show(
    reference: Version,
    data: Data = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
    json: Json = False,
) -> None:
    """Show what a version froze: each requirement with what was measured and attested as of its day.

    Example: plumbline posture show PST-0001 --csv
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import posture_versions
    from plumbline.wording import english

    found = posture_versions.version(Actor.installation(), reference)
    lines = (
        f"{found.reference}, version {found.number} as of {found.day}, {found.state}",
        f"{english(posture_versions.counted(found))} SHA-256 {found.sha256}",
    )
    names = ("number", "title", "measured", "share", "attested")
    rows = [tuple(row[name] for name in names) for row in found.content.get("posture", ())]
    table = ("requirement", "title", "measured", "members", "attested"), rows
    frozen_versions.show(found, posture_versions.csv_text(found), lines, table, csv=csv, json=json)


@app.command("compare")
def compare(
    later: Later = "",
    earlier: Earlier = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what was measured or attested otherwise in an earlier version of the posture than in a later one.

    Example: plumbline posture compare now --earlier 2026-06-30
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import posture_versions

    frozen_versions.show_comparison(posture_versions.compare(Actor.installation(), earlier, later), json)
