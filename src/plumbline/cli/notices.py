"""`plumbline notice`: what somebody was told of, and how they want to be told."""

from __future__ import annotations

import json as json_format
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(
    no_args_is_help=True,
    help="Notices of what newly waits for you, and mail about them.",
    rich_markup_mode=None,
)


@app.command("list")
def list_notices(
    unread: Annotated[bool, typer.Option("--unread", help="Only unread ones of what still waits.")] = False,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """List your notices, newest first.

    Example: plumbline notice list --unread
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/api/v1/notices{'?unread=true' if unread else ''}", secret)
    if json:
        output.as_json(found)
        return
    header = ("id", "kind", "subject", "title", "since", "still waits", "read")
    output.table(
        header,
        [
            (
                row["id"],
                row["kind"],
                row["subject"],
                row["title"],
                row["created"],
                "no" if row["ended"] else "yes",
                "yes" if row["read"] else "no",
            )
            for row in found["items"]
        ],
    )


@app.command("read")
def read(
    notice: Annotated[str, typer.Argument(help="Id of a notice; without it, all.")] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Mark one of your notices as read, or all of them.

    Example: plumbline notice read
    """
    base, secret = server(url, token, data, "write")
    path = f"notices/{notice}/read" if notice else "notices/read"
    found = ask(f"{base}/api/v1/{path}", secret, b"")
    if json:
        output.as_json(found)
        return
    print("marked as read")


@app.command("mail")
def mail(
    when: Annotated[
        str, typer.Argument(help="at-once, digest or off; without it, show what is chosen.")
    ] = "",
    hour: Annotated[int | None, typer.Option("--at", help="Hour of the daily mail, 0 to 23.")] = None,
    quiet: Annotated[
        str, typer.Option("--quiet", help="Hours without mail, such as 20-7. Left out: none.")
    ] = "",
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Show or choose when mail about what newly waits for you is sent. Hours are those of your time zone.

    Example: plumbline notice mail digest --at 8 --quiet 20-7
    """
    base, secret = server(url, token, data, "write" if when else "read")
    body: bytes | None = None
    if when:
        choice: dict[str, Any] = {"mail": when}
        if hour is not None:
            choice["digest_hour"] = hour
        if quiet:
            start, _, end = quiet.partition("-")
            if not (start.isdecimal() and end.isdecimal()):
                raise typer.BadParameter("write it as 20-7", param_hint="--quiet")
            choice |= {"quiet_from": int(start), "quiet_until": int(end)}
        body = json_format.dumps(choice).encode()
    found = ask(f"{base}/api/v1/notice-preference", secret, body)
    if json:
        output.as_json(found)
        return
    output.table(tuple(found), [["" if value is None else value for value in found.values()]])


@app.command("calendar")
def calendar(
    revoke: Annotated[bool, typer.Option("--revoke", help="End the address.")] = False,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Show whether your calendar has a secret address, or end it. Addresses are made on the account page.

    Example: plumbline notice calendar --revoke
    """
    base, secret = server(url, token, data, "write" if revoke else "read")
    if revoke:
        found = ask(f"{base}/api/v1/calendar-address/revoke", secret, b"")
    else:
        found = ask(f"{base}/api/v1/calendar-address", secret)
    if json:
        output.as_json(found)
        return
    print("revoked" if revoke else f"made at {found['made']}" if found["made"] else "no address")
