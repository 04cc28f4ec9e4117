"""`plumbline pack`: evidence packs for an auditor's laptop."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
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


Out = Annotated[Path | None, typer.Option(help="File to write, such as audit.aipack.", show_default=False)]


@app.command("create")
def create(
    recipient: Annotated[str, typer.Option(help="Who gets it; stands in the signed manifest.")],
    out: Out = None,
    purpose: Annotated[str, typer.Option(help="What it is for; stands in the manifest.")] = "Audit",
    first: First = None,
    until: Until = None,
    requirement: Requirements = None,
    system: Systems = None,
    sample: Annotated[int, typer.Option(help="How many to draw and disclose; see pack draw.", min=0)] = 0,
    sample_of: Annotated[
        str, typer.Option(help="decision, or the short name of a kind of record.")
    ] = "decision",
    expires: Expires = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Make an evidence pack and write it to a file. Anybody can check it offline with the key of the trail.

    With a sample, the trail first commits to what is drawn from; pack draw writes the pack, once the auditor
    has named a seed.

    Example: plumbline pack create --out audit.aipack --recipient "Nordic Certification"
    """
    config = opened(data)
    if out is None and not sample:
        raise Conflict("Name the file to write with --out, or a sample with --sample.")
    if out is not None and sample:
        raise Conflict("Leave --out to plumbline pack draw: a pack with a sample waits for its seed.")
    asked: dict[str, Any] = {"recipient": recipient, "purpose": purpose, "sample_size": sample}
    asked |= {"requirements": requirement or (), "systems": system or (), "sample_of": sample_of}
    from plumbline.identity.actors import Actor
    from plumbline.reports import commands, pack_request

    def request() -> Any:
        return commands.create_pack(
            Actor.installation(),
            start=pack_request.parse_range_end("from", first),
            stop=pack_request.parse_range_end("until", until),
            expires=pack_request.parse_day("expires", expires),
            claimed=True,
            **asked,
        )

    _make(config, request, out, json)


@app.command("draw")
def draw(
    pack: Annotated[str, typer.Argument(help="Id of the prepared pack, such as pck_0f3a.")],
    seed: Annotated[str, typer.Option(help="The seed, as the auditor named it.")],
    out: Annotated[Path, typer.Option(help="File to write, such as audit.aipack.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Draw the sample of a prepared pack with the auditor's seed, and write the pack to a file.

    Example: plumbline pack draw pck_0f3a --seed "named by the auditor" --out audit.aipack
    """
    config = opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.reports import commands

    _make(config, lambda: commands.draw(Actor.installation(), pack, seed, claimed=True), out, json)


def _make(config: Config, request: Callable[[], Any], out: Path | None, json: bool) -> None:
    """Build what ``request`` asks for, as far as it goes, and say what has come out."""
    with _reserved(out) if out is not None else nullcontext():
        values = _built(config, request, out)
    if json:
        output.as_json(values)
        return
    sample = values["sample"]
    if out is None:
        print(f"prepared {values['id']}: entry {sample['prepared']} commits to {sample['of']} to draw from")
        print("Give that number to the auditor, who names a seed; then run")
        print(f"plumbline pack draw {values['id']} --seed SEED --out FILE")
        return
    print(f"wrote {out}: {values['size']:,} bytes, sha256 {values['sha256']}, entry {values['entry']}")
    print(f"{values['revisions']} revisions, {values['results']} results")
    if sample["seed"]:
        print(f"{sample['drawn']} of {sample['of']} drawn under the seed {sample['seed']}")
    print(f"check it with: {values['verify']}")


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


def _built(config: Config, request: Callable[[], Any], out: Path | None) -> dict[str, Any]:
    """Build a pack, copy it to ``out`` if it is ready, and say what is in it."""
    from plumbline.reports import commands, pack_values
    from plumbline.trail import keys

    made = request()
    _signed(config, max(made.stop, (made.drawn or 0) + 1))
    commands.build_now(made, output.Progress("entries read"), sign=partial(_signed, config))
    if out is None:
        _signed(config, (made.prepared or 0) + 1)
        return pack_values.as_dict(made)
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
