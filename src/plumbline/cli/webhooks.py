"""`plumbline webhook`: where what newly waits is posted to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel import clock

app = typer.Typer(
    no_args_is_help=True, help="Addresses that what newly waits is posted to.", rich_markup_mode=None
)
Webhook = Annotated[str, typer.Argument(help="Id (whk_…) of the webhook.")]


@app.command("list")
def list_webhooks(data: Data = None, json: Json = False) -> None:
    """List the webhooks, with what became of their last messages.

    Example: plumbline webhook list
    """
    opened(data)
    from plumbline.delivery.webhook import queries
    from plumbline.identity.actors import Actor

    rows = [
        {
            "id": row.handle,
            "name": row.name,
            "host": row.host,
            "style": row.style,
            "state": row.state,
            "waiting": row.waiting,
            "last_sent": clock.rfc3339(row.last_sent_at) if row.last_sent_at else None,
            "last_fault": row.last_error or None,
        }
        for row in queries.endpoints(Actor.installation())
    ]
    if json:
        output.as_json(rows)
        return
    header = ("id", "name", "host", "style", "state", "waiting", "last sent", "last fault")
    output.table(header, [["" if value is None else value for value in row.values()] for row in rows])


@app.command("add")
def add(
    address: Annotated[str, typer.Argument(help="Where to post to; begins with https://.")],
    name: Annotated[str, typer.Option(help="The channel or program that gets it.")],
    style: Annotated[str, typer.Option(help="json (signed, Standard Webhooks), slack or teams.")] = "json",
    data: Data = None,
    json: Json = False,
) -> None:
    """Post what newly waits to an address from now on, and print the secret of its signatures this once.

    Example: plumbline webhook add https://hooks.example.org/T1 --name Team --style slack
    """
    opened(data)
    from plumbline.delivery.webhook import commands
    from plumbline.identity.actors import Actor

    _print(commands.add(Actor.installation(), name=name, address=address, style=style), json)


@app.command("renew")
def renew(webhook: Webhook, data: Data = None, json: Json = False) -> None:
    """Sign with a new secret from now on, and print it this once.

    Example: plumbline webhook renew whk_0123456789abcdef0123
    """
    opened(data)
    from plumbline.delivery.webhook import commands
    from plumbline.identity.actors import Actor

    _print(commands.renew(Actor.installation(), webhook), json)


@app.command("enable")
def enable(webhook: Webhook, data: Data = None, json: Json = False) -> None:
    """Post again to a webhook that was disabled after failures.

    Example: plumbline webhook enable whk_0123456789abcdef0123
    """
    opened(data)
    from plumbline.delivery.webhook import commands
    from plumbline.identity.actors import Actor

    row = commands.enable(Actor.installation(), webhook)
    if json:
        output.as_json({"id": row.handle, "state": row.state})
        return
    print(f"{row.handle} is active")


@app.command("remove")
def remove(webhook: Webhook, data: Data = None, json: Json = False) -> None:
    """Post nothing to a webhook any more, and forget its address and secret.

    Example: plumbline webhook remove whk_0123456789abcdef0123
    """
    opened(data)
    from plumbline.delivery.webhook import commands
    from plumbline.identity.actors import Actor

    commands.remove(Actor.installation(), webhook)
    if json:
        output.as_json({"id": webhook, "state": "removed"})
        return
    print(f"{webhook} was removed")


def _print(new: object, json: bool) -> None:
    from plumbline.delivery.webhook.commands import NewEndpoint

    assert isinstance(new, NewEndpoint)
    if json:
        row = asdict(new.endpoint)
        output.as_json(
            {"id": row["handle"], "name": row["name"], "state": row["state"], "secret": new.secret}
        )
        return
    print(f"{new.endpoint.handle} is {new.endpoint.state}")
    print(f"secret, shown this once: {new.secret}")
