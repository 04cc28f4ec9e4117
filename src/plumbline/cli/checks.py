"""`plumbline posture`, `results` and `check`: what the checks read, beside what people attest."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, NotFound
from plumbline.kernel.states import MeasuredState

app = typer.Typer(no_args_is_help=True, help="The checks themselves.", rich_markup_mode=None)


def posture(
    data: Data = None,
    failing: Annotated[
        bool, typer.Option("--failing", help="Exit with 3 when a requirement is failing.")
    ] = False,
    json: Json = False,
) -> None:
    """List every requirement with its measured state, attested state, age and reasons.

    Example: plumbline posture --json
    """
    opened(data)
    from plumbline.controls import posture as posture_of
    from plumbline.controls import requirement_posture

    rows = posture_of.posture()
    if json:
        output.as_json([requirement_posture.as_dict(row) for row in rows])
    else:
        output.table(
            ("requirement", "title", "measured", "age", "attested", "reason"),
            [requirement_posture.as_cells(row) for row in rows],
        )
    if failing and any(row.measured is MeasuredState.FAILING for row in rows):
        raise typer.Exit(output.EXIT_FAILED_CHECK)


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
        ("window", "check", "subject", "result", "value", "limit", "entry", "reason"),
        [
            (
                f"{row.window_start:%Y-%m-%d}",
                row.check,
                row.subject,
                row.word,
                row.value,
                row.limit,
                row.leaf,
                english(row.reason),
            )
            for row in rows
        ],
    )


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
