"""`plumbline statement`: freeze the statement of applicability, show a version, compare two."""

from __future__ import annotations

from json import dumps
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(
    no_args_is_help=True, help="Versions of the statement of applicability.", rich_markup_mode=None
)
Version = Annotated[str, typer.Argument(help="Reference of a version, such as SOA-0002.")]


@app.command("freeze")
def freeze(
    title: Annotated[str, typer.Option(help="What the version is called.", prompt=True)],
    occasion: Annotated[str, typer.Option(help="What it is for, and who asked for it.", prompt=True)],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Freeze the statement as it is now and ask for its approval, as the person whose token is given.

    Example: plumbline statement freeze --title "Statement 2026" --occasion "Stage 2 audit"
    """
    base, secret = server(url, token, data, "write")
    address = f"{base}/api/v1/versions-of-the-statement"
    body = dumps({"values": {"title": title, "occasion": occasion}}).encode()
    draft = ask(address, secret, body, "application/json")
    step = dumps({"move": "submit"}).encode()
    answer = ask(
        f"{address}/{draft['reference']}/moves", secret, step, "application/json", {"If-Match": '"1"'}
    )
    if json:
        output.as_json(answer)
    else:
        print(f"{answer['reference']} is frozen and waits for a second person: trail entry {answer['leaf']}.")


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

    found = statement_versions.version(Actor.installation(), reference)
    if json:
        output.as_json(statement_versions.as_dict(found))
    elif csv:
        for chunk in statement_versions.csv_text(found):
            print(chunk, end="")
    else:
        print(f"{found.reference}, version {found.number} of {found.day}, {found.state}")
        print(f"{statement_versions.counted(found)} SHA-256 {found.sha256}")
        output.table(
            ("control", "title", "applies", "row", "revision", "measured", "members", "attested"),
            [
                (
                    *(row[name] for name in ("number", "title", "applicable", "reference", "revision")),
                    *(row["state"].get(name, "") for name in ("measured", "share", "attested")),
                )
                for row in found.rows
            ],
        )


@app.command("compare")
def compare(
    later: Annotated[str, typer.Argument(help="The later version, or now. Default: the newest.")] = "",
    earlier: Annotated[str, typer.Option(help="The earlier one. Default: the one before.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what changed from an earlier version of the statement to a later one.

    Example: plumbline statement compare now --earlier SOA-0001
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import statement_changes
    from plumbline.wording import english

    found = statement_changes.compare(Actor.installation(), earlier, later)
    if json:
        output.as_json(statement_changes.as_dict(found))
    elif not found.changes:
        output.note("Nothing has changed.")
    else:
        output.table(
            ("number", "title", "what", "change"),
            [(change.number, change.title, change.what, english(change.message)) for change in found.changes],
        )
