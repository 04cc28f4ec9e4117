"""`plumbline pack`: evidence packs for an auditor's laptop."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.opening import is_served, opened
from plumbline.config import Config
from plumbline.kernel.problems import Conflict

app = typer.Typer(no_args_is_help=True, help="Make evidence packs.", rich_markup_mode=None)
_WAIT = 15.0


@app.command("create")
def create(
    out: Annotated[Path, typer.Option(help="File to write, such as audit.aipack.")],
    recipient: Annotated[str, typer.Option(help="Who gets it; stands in the signed manifest.")],
    purpose: Annotated[str, typer.Option(help="What it is for; stands in the manifest.")] = "Audit",
    first: Annotated[
        str | None, typer.Option("--from", help="First day or entry. Default: 0.", show_default=False)
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Last day, or the entry after the last. Default: all.", show_default=False),
    ] = None,
    requirement: Annotated[
        list[str] | None, typer.Option(help="Only what bears on this requirement.", show_default=False)
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="Only this AI system (its short name).", show_default=False)
    ] = None,
    sample: Annotated[int, typer.Option(help="How many decisions to draw and disclose.", min=0)] = 0,
    seed: Annotated[
        str, typer.Option(help="Seed of the draw, best named by the auditor. Default: random.")
    ] = "",
    expires: Annotated[
        str | None, typer.Option(help="Last day it may be kept. Default: in a year.", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make an evidence pack and write it to a file. Anybody can check it offline with the key of the trail.

    Example: plumbline pack create --out audit.aipack --recipient "Nordic Certification" --sample 25
    """
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import asking, commands, pack_values
    from plumbline.trail import keys

    if out.exists():
        raise Conflict(f"The file {out} is there already. Choose another name.")
    made = commands.create_pack(
        Actor.installation(),
        start=asking.read_end("from", first),
        stop=asking.read_end("until", until),
        requirements=requirement or (),
        systems=system or (),
        recipient=recipient,
        purpose=purpose,
        expires=asking.read_day("expires", expires),
        sample_size=sample,
        seed=seed,
        claimed=True,
    )
    _signed(config, made.stop)
    commands.build_now(made, output.Progress("entries read"))
    os.close(os.open(out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    shutil.copyfile(commands.place(made.sha256), out)
    line = pack_values.verify_line(made, keys.vkey()).replace(pack_values.file_name(made), str(out))
    if json:
        output.as_json({**pack_values.as_dict(made), "file": str(out), "verify": line})
        return
    print(f"wrote {out}: {made.size:,} bytes, sha256 {made.sha256}, entry {made.leaf}")
    print(
        f"{made.revisions} revisions, {made.results} results, {made.sampled} of {made.population} decisions"
    )
    print(f"check it with: {line}")


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
