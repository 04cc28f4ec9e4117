"""`plumbline statement`: decide controls, freeze the statement of applicability, compare versions."""

from __future__ import annotations

from json import dumps, loads
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.cli import frozen_versions, output
from plumbline.cli.frozen_versions import Earlier, Later, Occasion, Title
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url, ask, server
from plumbline.kernel.problems import Fault, Invalid
from plumbline.records import spellings

app = typer.Typer(
    no_args_is_help=True,
    help="The statement of applicability: decisions and versions.",
    rich_markup_mode=None,
)
_DECISIONS = "/api/v1/applicability/decisions"
Version = Annotated[str, typer.Argument(help="Reference of a version, such as SOA-0002.")]


@app.command("freeze")
def freeze(
    title: Title,
    occasion: Occasion,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Freeze the statement as it is now and ask for its approval, as the person whose token is given.

    Example: plumbline statement freeze --title "Statement 2026" --occasion "Stage 2 audit"
    """
    values = {"title": title, "occasion": occasion}
    frozen_versions.freeze("versions-of-the-statement", values, data, url, token, json)


@app.command("controls")
def controls(data: Data = None, url: Url = None, token: Token = None, json: Json = False) -> None:
    """List every control with its row, and what the records propose where nobody has decided.

    Example: plumbline statement controls --json
    """
    base, secret = server(url, token, data, "read")
    rows = ask(f"{base}{_DECISIONS}", secret)["items"]
    if json:
        output.as_json(rows)
        return
    table = [
        (
            row["number"],
            row["title"],
            row["applicable"] or "",
            row["state"] or "not decided",
            row["reference"] or "",
            row["revision"] or "",
            (row["proposal"] or {}).get("text", ""),
        )
        for row in rows
    ]
    output.table(("control", "title", "applies", "state", "row", "revision", "the records say"), table)


@app.command("decide")
def decide(
    controls: Annotated[
        list[str] | None,
        typer.Argument(help="Control, in any usual spelling, and answer, such as A.6.2.6=yes a45=no."),
    ] = None,
    reason: Annotated[str, typer.Option(help="Why they apply, or why they are left out.")] = "",
    because: Annotated[
        list[str], typer.Option(help="Kind of reason of those that apply; may be given several times.")
    ] = [],  # noqa: B006 - Typer copies it
    file: Annotated[
        Path | None, typer.Option(help="JSON: a list of decisions as the API takes them.")
    ] = None,
    submit: Annotated[bool, typer.Option("--submit", help="Ask for the review of the rows at once.")] = False,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Decide whether controls apply, many in one call, as the person whose token is given: all or none.

    Example: plumbline statement decide A.2.2=yes A.2.3=yes --because "own policy" --reason "Our AI policy."
    """
    base, secret = server(url, token, data, "write")
    given = [each.partition("=") for each in controls or ()]
    wrong = [f"{number}{sign}{answer}" for number, sign, answer in given if answer not in ("yes", "no")]
    if wrong or bool(file) == bool(given):
        fault = Fault(
            "controls", "say yes or no, or come from a file", "A.6.2.6=yes, or --file decisions.json"
        )
        raise Invalid("Nothing was saved.", [fault])
    known = {row["control"]: row["revision"] for row in ask(f"{base}{_DECISIONS}", secret)["items"]}
    decisions = (
        decisions_of(file)
        if file
        else [_decision(number, answer, reason, because) for number, _, answer in given]
    )
    for decision in decisions:
        decision.setdefault("revision", known.get(spellings.requirement(decision["control"], known)))
    body = dumps({"decisions": decisions, "submit": submit}).encode()
    done = ask(f"{base}{_DECISIONS}", secret, body)["items"]
    if json:
        output.as_json(done)
        return
    names = ("control", "change", "reference", "revision", "state")
    output.table(names, [[row[name] for name in names] for row in done])


def _decision(number: str, answer: str, reason: str, because: list[str]) -> dict[str, Any]:
    if answer == "no":
        return {"control": number, "values": {"applicable": "no", "exclusion_reason": reason}}
    return {
        "control": number,
        "values": {"applicable": "yes", "reasons": because, "justification": reason},
    }


def decisions_of(file: Path) -> list[dict[str, Any]]:
    """The decisions in a JSON file. Raises `Invalid` for anything that is not a list of objects."""
    try:
        read = loads(file.read_bytes())
    except (OSError, ValueError) as problem:
        raise Invalid("Nothing was saved.", [Fault("file", "cannot be read", "a JSON file")]) from problem
    if not isinstance(read, list) or not all(isinstance(each, dict) and "control" in each for each in read):
        remedy = '[{"control": "A.6.2.6", "values": {"applicable": "yes"}}]'
        raise Invalid("Nothing was saved.", [Fault("file", "is no list of decisions", remedy)])
    return list(read)


@app.command("show")
def show(
    reference: Version,
    data: Data = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
    json: Json = False,
) -> None:
    """Show what a version froze: each control with its decision, and the state that was measured that day.

    Example: plumbline statement show SOA-0001 --csv
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import statement_versions
    from plumbline.wording import english

    found = statement_versions.version(Actor.installation(), reference)
    lines = (
        f"{found.reference}, version {found.number} of {found.day}, {found.state}",
        f"{english(statement_versions.counted(found))} SHA-256 {found.sha256}",
    )
    rows = [
        (
            *(row[name] for name in ("number", "title", "applicable", "reference", "revision")),
            *(row["state"].get(name, "") for name in ("measured", "share", "attested")),
        )
        for row in found.rows
    ]
    table = ("control", "title", "applies", "row", "revision", "measured", "members", "attested"), rows
    frozen_versions.show(found, statement_versions.csv_text(found), lines, table, csv=csv, json=json)


@app.command("compare")
def compare(
    later: Later = "",
    earlier: Earlier = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what changed from an earlier version of the statement to a later one.

    Example: plumbline statement compare now --earlier SOA-0001
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import statement_changes

    frozen_versions.show_comparison(statement_changes.compare(Actor.installation(), earlier, later), json)
