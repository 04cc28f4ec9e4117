"""`plumbline contradictions`, `results` and `check`: what the checks read, beside what people attest."""

from __future__ import annotations

from json import dumps
from typing import Annotated
from urllib.parse import urlencode

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.cli.telemetry import Token, Url, ask, server
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, NotFound

app = typer.Typer(no_args_is_help=True, help="The checks themselves.", rich_markup_mode=None)


def contradictions(data: Data = None, json: Json = False) -> None:
    """List where the records contradict each other: what is left out but needed, run but prohibited.

    Example: plumbline contradictions --json
    """
    opened(data)
    from plumbline.controls.contradictions import contradictions as gather

    found, _ = gather()
    rows = [
        (str(say("contradiction.name", "{name}", name=one.name)), str(one.message), one.check)
        for one in found
    ]
    if json:
        output.as_json([dict(zip(("about", "reason", "check"), row, strict=True)) for row in rows])
    else:
        output.table(("about", "reason", "check"), rows)


def results(
    data: Data = None,
    check: Annotated[str | None, typer.Option(help="Only this check.", show_default=False)] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only this system (its slug).", show_default=False)
    ] = None,
    latest: Annotated[bool, typer.Option(help="Only the newest window of each check and subject.")] = True,
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1, max=10_000)] = 200,
    json: Json = False,
) -> None:
    """List results of checks, newest first.

    Example: plumbline results --check input-drift --no-latest
    """
    opened(data)
    from plumbline.controls import registry, result_rows
    from plumbline.wording import english

    known = [one.slug for one in registry.all_checks()]
    if check is not None and check not in known:
        faults = [
            Fault("check", "is no check", say("cli.use-one-of", "use one of {names}", names=", ".join(known)))
        ]
        raise NotFound("There is no such check.", faults)
    rows = result_rows.results(check=check, subject=subject, latest=latest, limit=limit)
    if json:
        output.as_json([result_rows.result_dict(row) for row in rows])
        return
    if not rows:
        output.note("There are no results of this.")
        return
    output.table(
        ("window", "check", "subject", "result", "value", "limit", "late", "restates", "entry", "reason"),
        [
            (
                clock.day_of(row.window_start).isoformat(),
                row.check,
                row.subject,
                row.word,
                row.value,
                row.limit,
                row.late or "",
                f"{row.restates} ({row.cause})" if row.restates else "",
                row.leaf,
                english(row.reason),
            )
            for row in rows
        ],
    )


@app.command("accept-restatement")
def accept_restatement(
    number: Annotated[int, typer.Argument(help="Number of the result that restates a closed window.", min=1)],
    reason: Annotated[str, typer.Option(help="Why the later verdict is right.", prompt=True)],
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Let the restatement of a closed window count, as the person whose token is given.

    Example: plumbline check accept-restatement 4711 --reason "The sender was offline over night."
    """
    base, secret = server(url, token, data, "write")
    body = dumps({"reason": reason}).encode()
    answer = ask(f"{base}/api/v1/results/{number}/acceptance", secret, body, "application/json")
    if json:
        output.as_json(answer)
    else:
        print(f"Result {number} counts from now on: trail entry {answer['entry']}.")


@app.command("other-limits")
def show_other_limits(
    check: Annotated[str, typer.Argument(help="A check over telemetry.")],
    subject: Annotated[str, typer.Argument(help="The system (its slug) that it reads.")],
    limit: Annotated[list[float] | None, typer.Option(help="A value to try besides; up to four.")] = None,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Say what other limits would have said of the newest windows, each judged again; nothing is changed.

    Example: plumbline check other-limits error-rate claims-triage --limit 0.03
    """
    base, secret = server(url, token, data, "read")
    query = {"subject": subject} | ({"limit": ",".join(map(str, limit))} if limit else {})
    found = ask(f"{base}/api/v1/checks/{check}/other-limits?{urlencode(query)}", secret)
    if json:
        output.as_json(found)
        return
    rows = [
        (
            f"{found['direction']} {row['value']:g} {found['unit']}".strip(),
            "in force" if row["in_force"] else "",
            row["beyond"],
            ", ".join(window["start"][:10] for window in row["which"]),
        )
        for row in found["items"]
    ]
    output.table(("limit", "", "windows beyond", "which"), rows)
    print(f"Of the newest {found['windows']} windows {found['judged']} have a verdict.")


@app.command("members")
def show_members(
    check: Annotated[str, typer.Argument(help="A check over the organization.")],
    data: Data = None,
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False,
    json: Json = False,
) -> None:
    """List whom a check speaks of today: who misses what, who is left out and why, who has what is asked.

    Example: plumbline check members systems-owned
    """
    opened(data)
    from plumbline.controls import members, queries, registry, visibility
    from plumbline.controls.verdicts import ORGANIZATION
    from plumbline.records.csv_export import csv_file, harmless

    registry.get(check)
    result = queries.reading(check, ORGANIZATION)
    rows = visibility.members_of(None, result).rows
    if json:
        output.as_json([members.as_dict(member) for member in rows])
    elif csv:
        lines = ([harmless(cell) for cell in members.as_cells(result, member)] for member in rows)
        for chunk in csv_file(lines, list(members.COLUMNS)):
            print(chunk, end="")
    else:
        output.table(members.COLUMNS, [members.as_cells(result, member) for member in rows])


@app.command("effectiveness")
def show_effectiveness(
    reference: Annotated[str, typer.Argument(help="Reference of a corrective action.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Say whether a corrective action is proved by later results, and why.

    Example: plumbline check effectiveness CAR-0001
    """
    opened(data)
    from plumbline.controls.effectiveness import effectiveness
    from plumbline.wording import english

    answer = effectiveness(reference)
    if json:
        output.as_json(
            {
                "reference": reference,
                "proved": answer.proved,
                "reason": english(answer.reason),
                "check": answer.check,
                "subject": answer.subject,
                "results": [row.pk for row in answer.results],
            }
        )
    else:
        print(f"{'Proved' if answer.proved else 'Not proved'}: {english(answer.reason)}")


@app.command("list")
def list_checks(data: Data = None, json: Json = False) -> None:
    """List the checks: what each reads and which requirements it gives evidence for.

    Example: plumbline check list
    """
    opened(data)
    from plumbline.controls import registry

    checks = registry.all_checks()
    if json:
        output.as_json(
            [
                {
                    "check": check.slug,
                    "title": check.title,
                    "text": check.text,
                    "requirements": check.requirements,
                    "over": check.over,
                    "window": check.window,
                    "severity": check.severity,
                    "digest": check.digest,
                }
                for check in checks
            ]
        )
        return
    output.table(
        ("check", "title", "window", "requirements"),
        [(check.slug, check.title, check.window, ", ".join(check.requirements)) for check in checks],
    )
