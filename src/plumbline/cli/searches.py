"""`plumbline search`: everything by a few words, as the person whose token is given sees it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server


def search(
    text: Annotated[list[str], typer.Argument(help="Words, a reference or a number.", show_default=False)],
    only: Annotated[
        str,
        typer.Option("--in", help="Only in this kind of record, or check, limit, requirement, person, view."),
    ] = "",
    size: Annotated[int, typer.Option(help="Lines of each group.", min=1, max=50)] = 5,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Search records with their texts, comments and files, requirements, checks and limits.

    All words have to be found; capitals and diacritics do not matter.

    Example: plumbline search input drift
    """
    base, secret = server(url, token, data, "read")
    query = {"q": " ".join(text), "size": size} | ({"in": only} if only else {})
    found = ask(f"{base}/api/v1/search?{urlencode(query)}", secret)
    if json:
        output.as_json(found)
        return
    hits = [hit for group in found["groups"] for hit in group["items"]]
    output.table(
        ("type", "id", "title", "state", "found in"),
        [
            (
                hit["about"] if hit["type"] == "record" else hit["type"],
                hit["id"],
                hit["title"],
                hit["state"],
                f"{hit['where']}: {''.join(part['text'] for part in hit['snippet'])}" if hit["where"] else "",
            )
            for hit in hits
        ],
    )
    print(f"{'more than ' if found['capped'] else ''}{found['total']} found, {len(hits)} shown.")
