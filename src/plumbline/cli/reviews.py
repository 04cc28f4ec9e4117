"""`plumbline review`: gather and freeze the inputs of a management review, show them, compare two."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url, ask, server

app = typer.Typer(no_args_is_help=True, help="Management reviews.", rich_markup_mode=None)


@app.command("gather")
def gather(
    reference: Annotated[str, typer.Argument(help="Reference of the review, such as MRV-0002.")],
    revision: Annotated[int, typer.Option(help="Its revision, as you saw it.")],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Gather the inputs of a review and freeze them into it, as the person whose token is given.

    Example: plumbline review gather MRV-0002 --revision 1
    """
    base, secret = server(url, token, data, "write")
    address = f"{base}/api/v1/management-reviews/{reference}/gather"
    answer = ask(address, secret, b"{}", "application/json", {"If-Match": f'"{revision}"'})
    if json:
        output.as_json(answer)
    else:
        print(
            f"{answer['reference']}: inputs frozen in revision {answer['revision']}, entry {answer['leaf']}."
        )


@app.command("show")
def show(
    reference: Annotated[str, typer.Argument(help="Reference of the review, such as MRV-0002.")],
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Show what was put before a management review, now or as it was known on a day.

    Example: plumbline review show MRV-0002 --as-of 2026-11-20
    """
    opened(data)
    instant = parse_as_of(as_of)
    from plumbline.identity.actors import Actor
    from plumbline.reports import review_versions
    from plumbline.reports.review_data import message_of
    from plumbline.wording import english

    found = review_versions.version(Actor.installation(), reference, instant)
    if json:
        output.as_json(review_versions.as_dict(found))
        return
    number = f"version {found.number}" if found.number else "not approved yet"
    print(f"{found.review.reference}, {number}, {found.review.state}, up to {found.review.period_until}")
    print(f"SHA-256 {found.sha256}" if found.sha256 else "Nothing has been gathered.")
    rows = [
        (section["title"], english(message_of(section, "said", "message") or ""))
        for section in found.review.inputs.get("sections", ())
    ]
    output.table(("input", "what it says"), rows)


@app.command("compare")
def compare(
    reference: Annotated[str, typer.Argument(help="Reference of the later review, such as MRV-0002.")],
    earlier: Annotated[str, typer.Option(help="The earlier one. Default: the one approved before.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what was put before a management review that was otherwise in an earlier one.

    Example: plumbline review compare MRV-0002
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import review_changes
    from plumbline.wording import english

    found = review_changes.compare(Actor.installation(), reference, earlier)
    if json:
        output.as_json(review_changes.as_dict(found))
    elif not found.changes:
        output.note("Nothing has changed.")
    else:
        output.table(
            ("input", "what", "about", "change"),
            [(row.title, row.what, row.about, english(row.message)) for row in found.changes],
        )
