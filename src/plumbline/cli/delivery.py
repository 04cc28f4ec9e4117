"""`plumbline delivery`: what is sent to people."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel import clock

app = typer.Typer(
    no_args_is_help=True, help="Mails to people: invite somebody, see what was sent.", rich_markup_mode=None
)


@app.command("invite")
def invite(
    person: Annotated[str, typer.Option("--to", help="E-mail address of somebody who has an account.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Have an invitation sent by mail. It lets the person choose a password, once, within three days.

    Needs a mail server: PLUMBLINE_MAIL_HOST and PLUMBLINE_MAIL_FROM. The flow sends it, so a server or
    `plumbline work` has to run.

    Example: plumbline delivery invite --to lee@example.org
    """
    opened(data)
    from plumbline.delivery import commands
    from plumbline.identity import queries
    from plumbline.identity.actors import Actor

    made = commands.send_invitation(Actor.installation(), queries.person(person))
    if json:
        output.as_json({"id": made.handle, "state": made.state})
        return
    print(f"{made.handle} is waiting to be sent")


@app.command("list")
def list_deliveries(data: Data = None, json: Json = False) -> None:
    """List what was sent or waits to be sent, newest first: to whom, how often it was tried, what went wrong.

    Example: plumbline delivery list
    """
    opened(data)
    from plumbline.delivery import queries

    rows = [
        {
            "id": row.handle,
            "what": row.notice,
            "to": row.recipient,
            "state": row.state,
            "attempts": row.attempts,
            "asked_for": clock.rfc3339(row.created_at),
            "sent": clock.rfc3339(row.sent_at) if row.sent_at else None,
            "last_fault": row.error or None,
        }
        for row in queries.deliveries()
    ]
    if json:
        output.as_json(rows)
        return
    header = ("id", "what", "to", "state", "attempts", "asked for", "sent", "last fault")
    output.table(header, [list(row.values()) for row in rows])
