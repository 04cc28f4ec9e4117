"""What `plumbline statement` and `plumbline posture` share: versions are frozen, and two of them compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import output
from plumbline.cli.telemetry import ask, server

if TYPE_CHECKING:
    from plumbline.reports.frozen_changes import Comparison
    from plumbline.reports.frozen_versions import Version

Table = tuple[Sequence[str], Sequence[Sequence[object]]]
Title = Annotated[str, typer.Option(help="What the version is called.", prompt=True)]
Occasion = Annotated[str, typer.Option(help="What it is for, and who asked for it.", prompt=True)]
Later = Annotated[
    str, typer.Argument(help="The later version, a day such as 2026-11-20, or now. Default: the newest.")
]
Earlier = Annotated[str, typer.Option(help="The earlier one, or a day. Default: the one before.")]


def freeze(
    plural: str, values: dict[str, str], data: Path | None, url: str | None, token: str | None, json: bool
) -> None:
    """Make a version of the kind with this plural and ask for its approval, which freezes it."""
    base, secret = server(url, token, data, "write")
    address = f"{base}/api/v1/{plural}"
    draft = ask(address, secret, dumps({"values": values}).encode(), "application/json")
    step = dumps({"move": "submit"}).encode()
    answer = ask(
        f"{address}/{draft['reference']}/moves", secret, step, "application/json", {"If-Match": '"1"'}
    )
    if json:
        output.as_json(answer)
    else:
        print(f"{answer['reference']} is frozen and waits for a second person: trail entry {answer['leaf']}.")


def show(
    found: Version, csv_text: Iterator[str], lines: Sequence[str], table: Table, *, csv: bool, json: bool
) -> None:
    """Print a version: as one document, as CSV, or as ``lines`` over a ``table`` of header and rows."""
    from plumbline.reports import frozen_versions

    if json:
        output.as_json(frozen_versions.as_dict(found))
    elif csv:
        for chunk in csv_text:
            print(chunk, end="")
    else:
        print(*lines, sep="\n")
        output.table(*table)


def show_comparison(found: Comparison, json: bool) -> None:
    """Print what changed from one version to another."""
    from plumbline.reports import frozen_changes
    from plumbline.wording import english

    if json:
        output.as_json(frozen_changes.as_dict(found))
    elif not found.changes:
        output.note("Nothing has changed.")
    else:
        output.table(
            ("number", "title", "what", "change"),
            [(change.number, change.title, change.what, english(change.message)) for change in found.changes],
        )
