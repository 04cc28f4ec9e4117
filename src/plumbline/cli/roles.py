"""`plumbline role`: roles given from the machine itself, when nobody who may give them is there."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened

app = typer.Typer(no_args_is_help=True, help="Roles of people.", rich_markup_mode=None)


@app.command("give")
def give(
    role: Annotated[str, typer.Argument(help="The role, such as top-management.")],
    person: Annotated[str, typer.Option("--to", help="E-mail address or id of the person.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Give a person a role in the whole organization.

    For an installation in which nobody is left who may: the trail says that the operator gave it.

    Example: plumbline role give top-management --to ingrid@example.org
    """
    opened(data)
    from plumbline.identity import commands, queries
    from plumbline.identity.actors import Actor

    grant = commands.give_grant(Actor.installation(), queries.person(person), role)
    if json:
        output.as_json({"grant": grant.handle, "role": role, "person": grant.person.handle})
        return
    print(f"{grant.person.full_name} has the role {grant.title} from now on")


@app.command("list")
def list_roles(data: Data = None, json: Json = False) -> None:
    """List who has which role: for what, from when, until when, given by whom.

    Example: plumbline role list
    """
    opened(data)
    from plumbline.identity import queries

    rows = [
        {
            "person": person.full_name,
            "role": grant.title,
            "unit": grant.unit.slug if grant.unit else "",
            "starts": grant.starts.isoformat(),
            "ends": grant.ends.isoformat() if grant.ends else None,
            "given_by": grant.given_by,
        }
        for person in queries.people(active=True)
        for grant in queries.grants_of(person.pk)
        if grant.revoked_at is None
    ]
    if json:
        output.as_json(rows)
        return
    output.table(("person", "role", "unit", "from", "to", "given by"), [list(row.values()) for row in rows])
