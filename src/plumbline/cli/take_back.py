"""`plumbline take-back`: undo your last act on a record while that is still possible."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import start_django
from plumbline.cli.telemetry import Token, Url, ask, server


def take_back(
    reference: Annotated[str, typer.Argument(help="The record, such as NCR-0007.")],
    revision: Annotated[int, typer.Argument(help="Its revision now, which your act made.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Take back what you have just done to a record: within 30 seconds, and while nothing has come of it.

    The act stays in the history, and its taking back is an entry of its own.

    Example: plumbline take-back NCR-0007 4
    """
    base, secret = server(url, token, data, "write")
    # The kinds of record are models, which cannot be imported before Django is set up.
    start_django()
    from plumbline.records import kinds

    kind = kinds.of_reference(reference)
    address = f"{base}/api/v1/{kind.plural}/{reference.upper()}/take-back"
    found = ask(address, secret, b"{}", more={"If-Match": f'"{revision}"'})
    if json:
        output.as_json(found)
        return
    output.note(f"{found['reference']} is {found['state']} again, revision {found['revision']}.")
