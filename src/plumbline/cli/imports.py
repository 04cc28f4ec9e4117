"""`plumbline imports`: an import that is on the server, as the person whose token is given."""

from __future__ import annotations

from json import dumps
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.telemetry import Token, Url, ask, ask_rows, server

app = typer.Typer(no_args_is_help=True, help="Imports on a running server.", rich_markup_mode=None)
Reference = Annotated[str, typer.Argument(help="Reference of a record, such as SYS-0001.")]
Handle = Annotated[str, typer.Argument(help="Id of the import, as its list says it.")]


def _show(job: dict[str, Any], json: bool) -> None:
    if json:
        output.as_json(job)
        return
    counts = ", ".join(f"{number} {outcome}" for outcome, number in job["counts"].items() if number)
    print(
        f"{job['id']}: {job['file']}, {job['state']}. {job['written']} of {job['to_write']} written. {counts}"
    )
    if job["assignee"]:
        print(f"Uploaded by {job['importer']}, assigned to {job['assignee']}.")
    if job["second_person"]:
        print(job["second_person"])
    if job.get("incomplete"):
        print(f"Imported, incomplete: {job['incomplete']} of its records lack answers.")


def _act(handle: str, act: str, data: Data, url: Url, token: Token, json: bool, body: Any = None) -> None:
    base, secret = server(url, token, data, "write")
    sent = b"" if body is None else dumps(body).encode()
    _show(ask(f"{base}/api/v1/imports/{handle}/{act}", secret, sent), json)


@app.command("list")
def list_imports(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List the imports that you asked for or that are assigned to you, the newest first.

    Example: plumbline imports list
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/api/v1/imports", secret)
    if json:
        output.as_json(found)
        return
    columns = ("id", "file", "kind", "state", "written", "to_write", "assignee")
    output.table(columns, [tuple(str(row[name]) for name in columns) for row in found])


@app.command("show")
def show(handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """Show how far an import is, and how many of its records are imported, incomplete.

    Example: plumbline imports show imp_0123456789abcdef0123
    """
    base, secret = server(url, token, data, "read")
    _show(ask(f"{base}/api/v1/imports/{handle}", secret), json)


@app.command("confirm")
def confirm(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Have an import written that waits for its confirmation; a large one may need a second person.

    Example: plumbline imports confirm imp_0123456789abcdef0123
    """
    _act(handle, "confirmation", data, url, token, json)


@app.command("stop")
def stop(handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """Stop an import that is being written, after the rows under way.

    Example: plumbline imports stop imp_0123456789abcdef0123
    """
    _act(handle, "stop", data, url, token, json)


@app.command("resume")
def resume(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Go on with an import that was stopped, where it was.

    Example: plumbline imports resume imp_0123456789abcdef0123
    """
    _act(handle, "resumption", data, url, token, json)


@app.command("assign")
def assign(
    handle: Handle,
    to: Annotated[str, typer.Argument(help="Id or e-mail address of the person.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Hand an import to a person, such as the second one who confirms it.

    Example: plumbline imports assign imp_0123456789abcdef0123 sara@halden.example
    """
    _act(handle, "assignment", data, url, token, json, {"to": to})


@app.command("keep")
def keep(
    handle: Handle,
    references: Annotated[list[str], typer.Argument(help="Records that the file has no longer.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Keep records that are no longer in the file, so that the next edition does not ask again.

    Example: plumbline imports keep imp_0123456789abcdef0123 SYS-0007
    """
    _act(handle, "kept", data, url, token, json, {"references": references})


@app.command("choose")
def choose(
    handle: Handle,
    line: Annotated[int, typer.Argument(help="Line of the row in the file.")],
    field: Annotated[str, typer.Argument(help="Name of the field.")],
    what: Annotated[str, typer.Argument(help="keep what stands here, or take what the file says.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """For one field that somebody has changed here, keep that or take what the file says.

    Example: plumbline imports choose imp_0123456789abcdef0123 2 purpose take
    """
    _act(handle, f"rows/{line}/choice", data, url, token, json, {"field": field, "what": what})


@app.command("differences")
def differences(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """List what stands in the records of an import other than in its file, and who decided it.

    Example: plumbline imports differences imp_0123456789abcdef0123
    """
    base, secret = server(url, token, data, "read")
    found: list[dict[str, Any]] = []
    number, total = 1, 1
    while (number - 1) * 200 < total:
        one = ask(f"{base}/api/v1/imports/{handle}/differences?size=200&page={number}", secret)
        found, number, total = found + one["items"], number + 1, one["total"]
    if json:
        output.as_json(found)
        return
    rows = [
        (
            row["reference"],
            one["field"],
            one["text"],
            one["here"],
            one["why"],
            one["by"],
            str(one["at"] or "")[:10],
        )
        for row in found
        for one in row["differences"]
    ]
    output.table(("record", "field", "in the file", "here", "why", "by", "on"), rows)


@app.command("withdraw")
def withdraw(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Take back all that an import has written and nobody has touched since; what stays is listed.

    Example: plumbline imports withdraw imp_0123456789abcdef0123
    """
    base, secret = server(url, token, data, "write")
    counts = {"taken_back": 0, "links": 0}
    done: dict[str, Any] = {"left": 1}
    while done["left"]:
        done = ask(f"{base}/api/v1/imports/{handle}/withdrawal", secret, b"")
        counts = {name: number + done[name] for name, number in counts.items()}
    if json:
        output.as_json({**done, **counts})
        return
    print(f"{counts['taken_back']} records and {counts['links']} links were taken back.")
    if done["staying"]:
        output.table(("stays", "why"), [(row["reference"], row["message"]) for row in done["staying"]])


@app.command("discard")
def discard(
    handle: Handle, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Give up an import that was not confirmed. Nothing of it was written.

    Example: plumbline imports discard imp_0123456789abcdef0123
    """
    base, secret = server(url, token, data, "write")
    ask(f"{base}/api/v1/imports/{handle}", secret, method="DELETE")
    if json:
        output.as_json({"id": handle, "state": "discarded"})
        return
    output.note(f"{handle} was given up.")


@app.command("stated")
def stated(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Show what the source of an imported record states of it in its own words, the newest edition first.

    Example: plumbline imports stated SYS-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask_rows(f"{base}/api/v1/sources/{reference.upper()}", secret)
    if json:
        output.as_json(found)
        return
    if not found:
        output.note(f"No source states anything of {reference.upper()} in its own words.")
        return
    rows = [
        (one["about"], one["column"], one["text"], edition["file"], str(edition["imported"] or "")[:10])
        for edition in found
        for one in edition["words"]
    ]
    output.table(("about", "column", "text", "file", "imported"), rows)
