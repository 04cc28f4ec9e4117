"""`plumbline erasure`: ask for, decide and do erasures; legal holds; retention periods."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import is_served, opened
from plumbline.config import Config
from plumbline.kernel.problems import Conflict, Fault, Invalid, NotSignedIn

if TYPE_CHECKING:
    from plumbline.identity.actors import Actor

app = typer.Typer(
    no_args_is_help=True,
    help="Erase: ask, approve as a second person, do. Legal holds and retention periods.",
    rich_markup_mode=None,
)
KINDS = "subject (of telemetry), event, record, person (an account) or class (with --before)"
Kind = Annotated[str, typer.Argument(help=f"What is erased together: {KINDS}.")]
Target = Annotated[list[str], typer.Argument(help="Which: pseudonyms, ids or references.")]
Ground = Annotated[str, typer.Option(help="Ground, such as gdpr-17-1-a or retention.")]
Reason = Annotated[str, typer.Option(help="Why, in a sentence.")]
Before = Annotated[
    str | None, typer.Option(help="With class: the first day that is kept (2026-03-31).", show_default=False)
]
Handle = Annotated[str, typer.Argument(help="Id of the request, such as era_0123….")]


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Invalid("The day cannot be read.", [Fault("before", "is no day", "write 2026-03-31")]) from None


def _person(config: Config) -> Actor:
    """Whoever holds the token of the settings: what takes two people takes their names, even here."""
    from plumbline.identity.actors import actor_of_token

    if not config.token:
        raise NotSignedIn(
            "This takes a named person. Set PLUMBLINE_TOKEN to a token of theirs that may write."
        )
    return actor_of_token(config.token)


def _asker(config: Config) -> Actor:
    from plumbline.identity.actors import Actor

    return _person(config) if config.token else Actor.installation()


def _show(shown: dict[str, Any], json: bool) -> None:
    if json:
        output.as_json(shown)
        return
    print(f"{shown['id']}: {shown['state']}")


@app.command("preview")
def preview(kind: Kind, target: Target, before: Before = None, data: Data = None, json: Json = False) -> None:
    """Say what would go and what stays provable. Changes nothing.

    Example: plumbline erasure preview record RSK-0007
    """
    config = opened(data)
    from plumbline.erasure import commands, queries, values
    from plumbline.telemetry.store.remote import open_reader
    from plumbline.wording import english

    draft = commands.draft(
        _asker(config), kind=kind, target="\n".join(target), ground="error", reason="-", before=_day(before)
    )
    with open_reader(config.data) as reader:
        seen = queries.preview(_asker(config), draft, reader)
    if json:
        output.as_json(values.of_preview(seen))
        return
    for line in seen.lines():
        print(english(line))


@app.command("request")
def request(
    kind: Kind,
    target: Target,
    ground: Ground,
    reason: Reason,
    before: Before = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Ask for an erasure; takes the token of a person (PLUMBLINE_TOKEN). A second one approves or refuses it.

    Example: plumbline erasure request subject p-4711 --ground gdpr-17-1-b --reason "They withdrew consent."
    """
    config = opened(data)
    from plumbline.erasure import commands, values

    row = commands.request(
        _person(config),
        kind=kind,
        target="\n".join(target),
        ground=ground,
        reason=reason,
        before=_day(before),
    )
    _show(values.of_request(row, []), json)


@app.command("approve")
def approve(handle: Handle, data: Data = None, json: Json = False) -> None:
    """Approve a request that somebody else made; takes the token of a person (PLUMBLINE_TOKEN).

    Example: plumbline erasure approve era_0123456789abcdef0123
    """
    config = opened(data)
    from plumbline.erasure import commands, values

    _show(values.of_request(commands.approve(_person(config), handle), []), json)


@app.command("refuse")
def refuse(handle: Handle, ground: Ground, reason: Reason, data: Data = None, json: Json = False) -> None:
    """Refuse a request, with the ground, such as one of Art. 17(3) GDPR; takes the token of a person.

    Example: plumbline erasure refuse era_0123 --ground gdpr-17-3-e --reason "Claims are pending."
    """
    config = opened(data)
    from plumbline.erasure import commands, values

    _show(values.of_request(commands.refuse(_person(config), handle, ground, reason), []), json)


@app.command("run")
def run(data: Data = None, json: Json = False) -> None:
    """Do what was approved, and go on with what was broken off. A running server does so by itself.

    Example: plumbline erasure run
    """
    config = opened(data)
    from plumbline.erasure import queries
    from plumbline.erasure.execution import commands as execution
    from plumbline.telemetry.store.duckdb import DuckStore
    from plumbline.wording import english

    if is_served(config):
        raise Conflict("A server is running; it does what was approved by itself, within a second.")
    store = DuckStore(config.data / "evidence.duckdb")
    try:
        replayed, done = execution.replay_erasures(store), 0
        while execution.run_next(store):
            done += 1
    finally:
        store.close()
    stopped = queries.waiting()
    if json:
        output.as_json({"done": done, "replayed": replayed, "stopped": len(stopped)})
        return
    print(f"{done} requests done, {len(replayed)} erasures repeated after a restore, {len(stopped)} stopped")
    for row in stopped:
        print(f"{row.handle}: {english(row.error)}")


@app.command("list")
def list_requests(data: Data = None, json: Json = False) -> None:
    """List requests, newest first, and the recipients of packs who have to be told.

    Example: plumbline erasure list
    """
    config = opened(data)
    from plumbline.erasure import queries, values

    rows = [values.of_request(row, queries.packs_of(row)) for row in queries.requests(_asker(config))]
    if json:
        output.as_json(rows)
        return
    header = ("id", "of", "ground", "state", "openings", "events", "entry")
    output.table(header, [[row[name] for name in header] for row in rows])
    for row in rows:
        if row["error"]:
            print(f"{row['id']}: {row['error']}")
        for told in row["recipients"]:
            print(f"{row['id']}: tell {told['recipient']} ({told['pack']}, until {told['expires']})")


@app.command("hold")
def hold(
    ground: Annotated[str, typer.Option(help="Why it has to be kept, in a sentence.")],
    kind: Annotated[str, typer.Option(help=f"What is held: {KINDS}. Empty: everything.")] = "",
    target: Annotated[str, typer.Option(help="Which one. Empty: all of the kind.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Put something under a legal hold; takes the token of a person (PLUMBLINE_TOKEN).

    No erasure that reaches any of it is asked for, approved or begun until somebody else releases it. Work
    that has begun goes on.

    Example: plumbline erasure hold --kind record --target RSK-0007 --ground "Case 12 O 34/26."
    """
    config = opened(data)
    from plumbline.erasure import commands

    row = commands.place_hold(_person(config), kind=kind, target=target, ground=ground)
    if json:
        output.as_json({"id": row.handle, "entry": row.leaf})
        return
    print(f"{row.handle}: placed by entry {row.leaf}")


@app.command("release")
def release(handle: Handle, data: Data = None, json: Json = False) -> None:
    """Release a legal hold that somebody else placed; takes the token of a person.

    Example: plumbline erasure release hld_0123456789abcdef0123
    """
    config = opened(data)
    from plumbline.erasure import commands

    row = commands.release_hold(_person(config), handle)
    if json:
        output.as_json({"id": row.handle})
        return
    print(f"{row.handle}: released")


@app.command("retention")
def retention(
    name: Annotated[str | None, typer.Argument(help="Retention class.", show_default=False)] = None,
    months: Annotated[int | None, typer.Option(help="Propose so many months.", show_default=False)] = None,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")] = "",
    approved: Annotated[
        int | None,
        typer.Option(
            "--approve", help="Approve what somebody else proposed with this entry.", show_default=False
        ),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show for how long each class is kept and why. To propose or approve another takes a person's token.

    Example: plumbline erasure retention telemetry --months 12 --reason "Contract with customers."
    """
    config = opened(data)
    from plumbline.erasure import commands, values

    if name is not None and approved is not None:
        commands.approve_retention(_person(config), name, approved)
    elif name is not None and months is not None:
        commands.propose_retention(_person(config), retention=name, months=months, reason=reason)
    rows = values.of_periods()
    if json:
        output.as_json(rows)
        return
    header = ("class", "months", "approved by entry", "least", "source", "proposed", "by entry")
    output.table(header, [list(row.values()) for row in rows])
