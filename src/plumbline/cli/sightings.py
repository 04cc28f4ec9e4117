"""`plumbline sighting`: AI seen in use that nobody registered, and setting it aside by two people."""

from __future__ import annotations

from json import dumps
from typing import Annotated
from urllib.parse import quote

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(no_args_is_help=True, help="AI seen in use that nobody registered.", rich_markup_mode=None)
System = Annotated[str, typer.Argument(help="Name under which the system sends telemetry.")]


@app.command("list")
def list_sightings(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List the systems that nobody registered, with what was proposed and what is set aside.

    Example: plumbline sighting list
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/sightings", secret)
    if json:
        output.as_json(found)
        return
    output.table(
        ("system", "state", "events", "last seen", "until", "reason", "proposal"),
        [
            (
                *(row[name] for name in ("system", "state", "events", "last_seen")),
                *((row["proposal"] or row["set_aside"] or {}).get(name, "") for name in ("until", "reason")),
                row["proposal"]["entry"] if row["proposal"] else "",
            )
            for row in found["items"]
        ],
    )


@app.command("propose-dismissal")
def propose_dismissal(
    system: System,
    reason: Annotated[str, typer.Option(help="Why it needs no record.", prompt=True)],
    until: Annotated[str, typer.Option(help="Last day, at most 180 days ahead (the default).")] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Propose to set such a system aside, as the person whose token is given; it goes on counting as
    unregistered until another person has confirmed that.

    Example: plumbline sighting propose-dismissal load-test --reason "A load test that ends this week."
    """
    base, secret = server(url, token, data, "write")
    body = dumps({"reason": reason} | ({"until": until} if until else {})).encode()
    answer = ask(f"{base}/api/v1/sightings/{quote(system, safe='')}/dismissal", secret, body)
    if json:
        output.as_json(answer)
    else:
        print(f"It is proposed to set {system} aside: trail entry {answer['entry']}.")


@app.command("confirm-dismissal")
def confirm_dismissal(
    system: System,
    proposal: Annotated[int, typer.Option(help="Trail entry of the proposal that you read.", min=0)],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Set such a system aside as another person proposed it, as the person whose token is given.

    Example: plumbline sighting confirm-dismissal load-test --proposal 4711
    """
    base, secret = server(url, token, data, "write")
    body = dumps({"proposal": proposal}).encode()
    address = f"{base}/api/v1/sightings/{quote(system, safe='')}/dismissal/confirmation"
    answer = ask(address, secret, body)
    if json:
        output.as_json(answer)
    else:
        print(f"{system} is set aside: trail entry {answer['entry']}.")


@app.command("withdraw-dismissal")
def withdraw_dismissal(
    system: System,
    proposal: Annotated[int, typer.Option(help="Trail entry of your proposal.", min=0)],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Take back a proposal to set such a system aside, as the person who made it.

    Example: plumbline sighting withdraw-dismissal load-test --proposal 4711
    """
    base, secret = server(url, token, data, "write")
    address = f"{base}/api/v1/sightings/{quote(system, safe='')}/dismissal/withdrawal"
    answer = ask(address, secret, dumps({"proposal": proposal}).encode())
    if json:
        output.as_json(answer)
    else:
        print(f"It is no longer proposed to set {system} aside: trail entry {answer['entry']}.")
