"""`plumbline connector`: outside systems that facts are read from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel import clock
from plumbline.kernel.problems import Fault, Invalid

app = typer.Typer(
    no_args_is_help=True, help="Outside systems that facts are read from.", rich_markup_mode=None
)
Connection = Annotated[str, typer.Argument(help="Name or id (con_…) of the connection.")]


@app.command("known")
def known(data: Data = None, json: Json = False) -> None:
    """List the connectors there are: what each reads, and the settings it asks for.

    Example: plumbline connector known
    """
    opened(data)
    from plumbline.connectors import port

    rows = [
        {
            "connector": each.slug,
            "title": each.title,
            "settings": ", ".join(each.settings_form.base_fields),
            "kinds": ", ".join(each.kinds),
        }
        for each in port.all_connectors()
    ]
    if json:
        output.as_json(rows)
        return
    output.table(("connector", "title", "settings", "kinds"), [list(row.values()) for row in rows])


@app.command("add")
def add(
    connector: Annotated[str, typer.Argument(help="Which connector: see `plumbline connector known`.")],
    name: Annotated[str, typer.Option(help="A name for this connection.")],
    person: Annotated[
        str, typer.Option("--for", help="E-mail address of the person with whose rights it writes.")
    ],
    setting: Annotated[list[str] | None, typer.Option("--set", help="NAME=VALUE; may be repeated.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Read an outside system from now on. The flow reads it; `plumbline connector run` does so at once.

    Example: plumbline connector add mlflow-file --name Registry --for mina@example.org --set file=r.json
    """
    opened(data)
    from plumbline.connectors import commands
    from plumbline.identity import queries
    from plumbline.identity.actors import Actor

    pairs = [text.partition("=") for text in setting or ()]
    if wrong := [text for text, sign, _ in pairs if not sign]:
        raise Invalid(
            "The connection was not added.", [Fault(word, "has no value", "NAME=VALUE") for word in wrong]
        )
    settings = {word: value for word, _, value in pairs}
    made = commands.add(Actor.installation(), connector, name, settings, queries.person(person))
    output.as_json(_shown(made)) if json else print(f"{made.handle} ({made.name}) is read from now on")


@app.command("list")
def list_connections(data: Data = None, json: Json = False) -> None:
    """List the connections: what each reads, what came of it, what is wrong.

    Example: plumbline connector list
    """
    opened(data)
    from plumbline.connectors import queries

    rows = queries.connections()
    if json:
        output.as_json([_shown(row) for row in rows])
        return
    output.table(
        ("id", "name", "connector", "for", "last read", "created", "amended", "faults", "error"),
        [
            (
                row.handle,
                row.name,
                row.connector,
                row.person,
                clock.rfc3339(row.last_read_at) if row.last_read_at else None,
                row.created,
                row.amended,
                len(row.faults),
                row.error,
            )
            for row in rows
        ],
    )


@app.command("run")
def run(connection: Connection, data: Data = None, json: Json = False) -> None:
    """Read a connection now, to its end, and say what came of it. Faults make the exit code 3.

    Example: plumbline connector run Registry
    """
    opened(data)
    from plumbline.connectors import queries, stage

    row = queries.connection_row(connection)
    before = row.created, row.amended
    while stage.advance(row):
        pass
    shown = queries.connection(row.handle)
    if json:
        output.as_json(_shown(shown))
    else:
        print(f"{shown.created - before[0]} created, {shown.amended - before[1]} amended")
        for fault in shown.faults:
            print(f"  {fault.key}: {fault.field or 'record'} {fault.message} {fault.remedy}".rstrip())
        if shown.error:
            print(f"  {shown.error}")
    if shown.faults or shown.error:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


@app.command("remove")
def remove(connection: Connection, data: Data = None, json: Json = False) -> None:
    """Stop reading a connection. The records that came from it stay.

    Example: plumbline connector remove Registry
    """
    opened(data)
    from plumbline.connectors import commands
    from plumbline.identity.actors import Actor

    commands.remove(Actor.installation(), connection)
    output.as_json({"removed": connection}) if json else print(f"{connection} is removed")


def _shown(row: Any) -> dict[str, Any]:
    return asdict(row)
