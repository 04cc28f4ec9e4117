"""`plumbline predict-findings`: what an auditor would write up, before they come."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened


def predict_findings(
    data: Data = None,
    requirement: Annotated[
        str | None,
        typer.Option(help="Only about this clause or control, such as iso42001:6.1.2.", show_default=False),
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """List what an auditor would write up: rules look across all records for what does not fit together.

    Example: plumbline predict-findings --requirement iso42001:9.2.2
    """
    opened(data)
    from plumbline.assurance import queries, values
    from plumbline.identity.actors import Actor
    from plumbline.records import read_log

    with read_log.logged():
        outcome = queries.predicted(Actor.installation(), parse_as_of(as_of))
    if requirement is not None:
        outcome = outcome.about(requirement)
    found = values.as_dict(outcome)
    if json:
        output.as_json(found)
        return
    rows = [
        (
            one["grade"],
            ", ".join(name.partition(":")[2] for name in one["requirements"]),
            one["gap"],
            one["repair"],
        )
        for one in found["findings"]
    ]
    output.table(("likely grade", "requirements", "gap", "repair"), rows)
    for one in found["failed"]:
        print(f"rule {one['rule']} failed on {one['reference'] or 'the whole'}: {one['error']}")
    looked = f"{found['rules']} rules over {found['records']} records as of {found['as_of']}"
    print(f"{looked}. Findings: {len(rows)}.")
