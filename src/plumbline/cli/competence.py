"""`plumbline competence`: who has which competence, and whether somebody had one on a day."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(
    no_args_is_help=True, help="Competences: the matrix, and one person on one day.", rich_markup_mode=None
)
Instant = Annotated[
    str, typer.Option("--as-of", help="As known at this instant, such as 2026-11-20T10:00:00Z.")
]


def _query(**values: str) -> str:
    return f"?{urlencode({name: value for name, value in values.items() if value})}"


@app.command("matrix")
def matrix(
    as_of: Instant = "", data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """List every competence in force with everybody of whom it is asked, and how they stand.

    Example: plumbline competence matrix
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/competence-matrix{_query(as_of=as_of)}", secret)
    if json:
        output.as_json(found)
        return
    table = [
        (
            one["competence"],
            one["title"],
            row["name"],
            "yes" if row["asked"] else "no",
            row["standing"],
            row["valid_until"] or "",
            row["effect"],
        )
        for one in found["items"]
        for row in one["rows"]
    ]
    output.table(("competence", "title", "who", "asked", "standing", "valid until", "effect"), table)


@app.command("answer")
def answer(
    person: Annotated[str, typer.Argument(help="E-mail address, opaque id, or a name without account.")],
    subject: Annotated[str, typer.Argument(help="Reference of a competence, a sort of work, or a role.")],
    day: Annotated[str, typer.Argument(help="The day that is asked about.")],
    as_of: Instant = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say whether somebody had a competence on a day: yes, no or not known, and on what that rests.

    Example: plumbline competence answer mina@halden.example reviewer 2026-03-01
    """
    base, secret = server(url, token, data, "read")
    asked = _query(person=person, subject=subject, day=day, as_of=as_of)
    found = ask(f"{base}/api/v1/competence-answers{asked}", secret)
    if json:
        output.as_json(found)
        return
    table = [
        (
            one["competence"],
            one["title"],
            one["answer"],
            one["reason"],
            ", ".join(piece["reference"] for piece in one["evidence"]),
        )
        for one in found["items"]
    ] or [("", subject, "not known", "Nobody has determined a competence for it.", "")]
    output.table(("competence", "title", "answer", "reason", "evidence"), table)
