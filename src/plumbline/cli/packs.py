"""`plumbline pack`: evidence packs for an auditor's laptop."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import is_served, opened
from plumbline.config import Config
from plumbline.kernel.problems import Conflict

app = typer.Typer(no_args_is_help=True, help="Make evidence packs.", rich_markup_mode=None)
_WAIT = 15.0


Until = Annotated[
    str | None, typer.Option(help="Last day, or the entry after the last. Default: all.", show_default=False)
]
First = Annotated[
    str | None, typer.Option("--from", help="First day or entry. Default: 0.", show_default=False)
]
Requirements = Annotated[
    list[str] | None, typer.Option(help="Only what bears on this requirement.", show_default=False)
]
Systems = Annotated[
    list[str] | None, typer.Option(help="Only this AI system (its short name).", show_default=False)
]
Expires = Annotated[
    str | None, typer.Option(help="Last day it may be kept. Default: in a year.", show_default=False)
]


@app.command("create")
def create(
    out: Annotated[Path, typer.Option(help="File to write, such as audit.aipack.")],
    recipient: Annotated[str, typer.Option(help="Who gets it; stands in the signed manifest.")],
    purpose: Annotated[str, typer.Option(help="What it is for; stands in the manifest.")] = "Audit",
    first: First = None,
    until: Until = None,
    requirement: Requirements = None,
    system: Systems = None,
    sample: Annotated[int, typer.Option(help="How many decisions to draw and disclose.", min=0)] = 0,
    seed: Annotated[str, typer.Option(help="Seed of the draw, best named by the auditor.")] = "",
    expires: Expires = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make an evidence pack and write it to a file. Anybody can check it offline with the key of the trail.

    Example: plumbline pack create --out audit.aipack --recipient "Nordic Certification" --sample 25
    """
    config = opened(data)
    asked: dict[str, Any] = {"recipient": recipient, "purpose": purpose, "sample_size": sample, "seed": seed}
    asked |= {"requirements": requirement or (), "systems": system or ()}
    with _reserved(out):
        told = _made(config, out, first, until, expires, asked)
    if json:
        output.as_json(told)
        return
    drawn = told["sample"]
    print(f"wrote {out}: {told['size']:,} bytes, sha256 {told['sha256']}, entry {told['entry']}")
    print(f"{told['revisions']} revisions, {told['results']} results")
    print(f"{drawn['drawn']} of {drawn['of']} decisions, drawn under the seed {drawn['seed']}")
    print(f"check it with: {told['verify']}")


@contextmanager
def _reserved(out: Path) -> Iterator[None]:
    """Take the name before anything is made, and give it back if nothing comes of it."""
    try:
        os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise Conflict(f"The file {out} is there already. Choose another name.") from error
    try:
        yield
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _made(
    config: Config,
    out: Path,
    first: str | None,
    until: str | None,
    expires: str | None,
    asked: dict[str, Any],
) -> dict[str, Any]:
    """Make the pack, copy it to ``out``, and say what is in it."""
    from plumbline.identity.actors import Actor
    from plumbline.reports import commands, pack_request, pack_values
    from plumbline.trail import keys

    made = commands.create_pack(
        Actor.installation(),
        start=pack_request.parse_range_end("from", first),
        stop=pack_request.parse_range_end("until", until),
        expires=pack_request.parse_day("expires", expires),
        claimed=True,
        **asked,
    )
    _signed(config, made.stop)
    commands.build_now(made, output.Progress("entries read"))
    shutil.copyfile(commands.pack_path(made.sha256), out)
    line = pack_values.verify_line(made, keys.vkey()).replace(pack_values.file_name(made), str(out))
    return {**pack_values.as_dict(made), "file": str(out), "verify": line}


def _signed(config: Config, size: int) -> None:
    """Wait until the server has signed ``size`` entries, or sign them here when none runs."""
    from plumbline.trail import log, publisher

    if not is_served(config):
        publisher.publish()
        return
    until = time.monotonic() + _WAIT
    while time.monotonic() < until:
        found = log.latest_checkpoint()
        if found is not None and found.size >= size:
            return
        time.sleep(0.2)


@app.command("list")
def list_packs(data: Data = None, json: Json = False) -> None:
    """List the evidence packs that were made, newest first, with recipient and expiry.

    Example: plumbline pack list
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import pack_values, queries

    rows = [pack_values.as_dict(one) for one in queries.packs(Actor.installation())]
    if json:
        output.as_json(rows)
        return
    output.table(
        ("pack", "state", "made", "by", "recipient", "until", "entries", "sha256"),
        [
            (
                row["id"],
                row["state"],
                row["created"][:16].replace("T", " "),
                row["by_name"],
                row["recipient"],
                row["expires"],
                f"{row['from']}-{row['until'] - 1}",
                (row["sha256"] or "")[:16],
            )
            for row in rows
        ],
    )
