"""`plumbline token`: tokens for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel import clock

app = typer.Typer(
    no_args_is_help=True, help="Tokens with which programs speak to the server.", rich_markup_mode=None
)


@app.command("issue")
def issue(
    person: Annotated[str, typer.Option("--for", help="E-mail address of the person the token acts for.")],
    scope: Annotated[list[str], typer.Option(help="ingest, read, write or pack; may be repeated.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(help="Days until it expires.", min=1, max=365)] = 90,
    data: Data = None,
    json: Json = False,
) -> None:
    """Issue a token. Its text is shown once.

    Example: plumbline token issue --for mina@example.org --scope ingest --name "claims service"
    """
    opened(data)
    from plumbline.identity import commands, queries
    from plumbline.identity.actors import Actor

    made = commands.issue_token(
        Actor.installation(),
        owner=queries.person(person),
        name=name,
        scopes=scope,
        expires=clock.now() + timedelta(days=days),
    )
    if json:
        output.as_json(
            {"token": made.text, "id": made.token.handle, "expires": clock.rfc3339(made.token.expires)}
        )
        return
    print(made.text)


@app.command("list")
def list_tokens(data: Data = None, json: Json = False) -> None:
    """List tokens: whose, what for, until when, last used. Never their text.

    Example: plumbline token list
    """
    opened(data)
    from plumbline.identity import queries

    rows = [
        {
            "id": token.handle,
            "name": token.name,
            "for": token.owner.full_name,
            "scopes": token.scopes,
            "expires": clock.rfc3339(token.expires),
            "last_used": clock.rfc3339(token.last_used) if token.last_used else None,
            "revoked": clock.rfc3339(token.revoked_at) if token.revoked_at else None,
        }
        for token in queries.tokens()
    ]
    if json:
        output.as_json(rows)
        return
    output.table(
        ("id", "name", "for", "scopes", "expires", "last used", "revoked"), [list(r.values()) for r in rows]
    )


@app.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(help="Id of the token (tok_…).")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Revoke a token at once.

    Example: plumbline token revoke tok_0123456789abcdef0123
    """
    opened(data)
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    commands.revoke_token(Actor.installation(), token)
    if json:
        output.as_json({"revoked": token})
        return
    print(f"{token} is revoked")
