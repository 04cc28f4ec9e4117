"""`plumbline trail` and `plumbline verify`: read, prove and check the record."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.cli import anchors as anchor_commands
from plumbline.cli import keys as key_commands
from plumbline.cli import output, receipts, recover
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel import clock
from plumbline.kernel.problems import NotFound

if TYPE_CHECKING:
    from plumbline.trail.key_history import KeyPeriod
    from plumbline.trail.log import LeafView

app = typer.Typer(no_args_is_help=True, help="Read and check the trail.", rich_markup_mode=None)
app.command("rotate-key")(key_commands.rotate_key)
app.command("retire-key")(key_commands.retire_key)
app.command("announce-key")(key_commands.announce_key)
app.command("receipt")(receipts.receipt)
app.command("check-receipt")(receipts.check_receipt)
app.command("conformance")(receipts.conformance)
app.command("anchors")(anchor_commands.anchors)
app.command("anchor")(anchor_commands.anchor)


@app.command("checkpoint")
def checkpoint(data: Data = None, json: Json = False) -> None:
    """Print the newest signed checkpoint (C2SP signed note) of the trail.

    Example: plumbline trail checkpoint > checkpoint.txt
    """
    opened(data)
    from plumbline.trail import log

    found = log.latest_checkpoint()
    if found is None:
        raise NotFound("Nothing is signed yet. A running server signs within a second.")
    if json:
        output.as_json({"size": found.size, "root": found.root.hex(), "note": found.note})
        return
    sys.stdout.write(found.note)


@app.command("entries")
def entries(
    data: Data = None,
    about: Annotated[
        str | None, typer.Option(help="Only entries about this reference.", show_default=False)
    ] = None,
    entry_type: Annotated[
        str | None, typer.Option("--type", help="Only entries of this type.", show_default=False)
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Only by this person (name, e-mail address or id, with all their tokens), token (its id) or "
            "part of the installation (such as stage:delivery).",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", help="Only recorded on this day or at this instant, or later.", show_default=False
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(help="Only recorded on this day or at this instant, or earlier.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many, newest first.", min=1, max=10_000)] = 20,
    json: Json = False,
) -> None:
    """List entries of the trail, newest first.

    Example: plumbline trail entries --about RSK-0001 --from 2026-11-01
    """
    opened(data)
    from plumbline.identity.entry_filter import EntryFilter

    found = EntryFilter(*(text or "" for text in (entry_type, about, by, since, until))).entries(limit=limit)
    _print_entries(found, json=json)


def _print_entries(found: Sequence[LeafView], *, json: bool) -> None:
    if json:
        output.as_json(
            [
                {
                    "index": leaf.index,
                    "time": clock.rfc3339(leaf.time),
                    "type": leaf.entry_type,
                    "actor": leaf.actor,
                    "about": leaf.subject_ref,
                    "leaf_hash": leaf.leaf_hash.hex(),
                }
                for leaf in found
            ]
        )
        return
    if not found:
        output.note("There are no entries of this.")
        return
    rows = [
        (leaf.index, f"{leaf.time:%Y-%m-%d %H:%M:%S}", leaf.entry_type, leaf.subject_ref, leaf.actor)
        for leaf in found
    ]
    output.table(("entry", "time (UTC)", "type", "about", "by"), rows)


@app.command("tiles")
def tiles(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write into; one of before is brought up to date.")
    ],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write the signed trail as static files (C2SP tlog-tiles), which other tools read and check.

    Entries hold no personal data, and what they commit to is not among the files.

    Example: plumbline trail tiles ./tiles
    """
    opened(data)
    from plumbline.trail import static_tiles

    done = static_tiles.export(folder, output.Progress("bundles written"))
    if json:
        output.as_json({"folder": str(folder), "size": done.size, "written": done.written})
        return
    print(f"{done.size} entries in {folder}; {done.written} files were written.")


@app.command("proof")
def proof(
    index: Annotated[int, typer.Argument(help="Number of the entry.", min=0)],
    data: Data = None,
    json: Json = False,
) -> None:
    """Print the proof (C2SP tlog-proof) that one entry is in the signed trail.

    Example: plumbline trail proof 41 > entry-41.tlog-proof
    """
    opened(data)
    from plumbline.trail import log

    text = log.receipt(index)
    if json:
        output.as_json({"index": index, "proof": text})
        return
    sys.stdout.write(text)


app.command("recover")(recover.recover)


@app.command("scrub")
def scrub(
    data: Data = None,
    rate: Annotated[
        float | None,
        typer.Option(help="Rows and entries a second at most.", min=1, show_default=False),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an interrupted scrub stopped.")
    ] = False,
    only_entries: Annotated[
        bool, typer.Option("--entries", help="Only the entries, not the tables that follow from them.")
    ] = False,
    json: Json = False,
) -> None:
    """Hash every entry again, then compare every table with the entries it follows from.

    Names table, row, field, what was expected and what was found. Exit code 3 when anything differs.

    Example: plumbline trail scrub --rate 5000
    """
    opened(data)
    from plumbline.trail import proof_scrub, publisher

    if only_entries:
        report = publisher.scrub(progress=output.Progress("entries"))
        _print_scrub(report, 0, 0, json=json)
        return
    progress = _PartProgress()
    result = proof_scrub.scrub_all(progress, rate=rate, resume=resume)
    _print_scrub(result.tree, result.compared, result.differences, json=json)


class _PartProgress:
    """Progress of a scrub, one line for each table."""

    def __init__(self) -> None:
        self._lines: dict[str, output.Progress] = {}

    def __call__(self, part: str, done: int, total: int) -> None:
        self._lines.setdefault(part, output.Progress(part))(done, total)


def _print_scrub(report: Any, compared: int, differences: int, *, json: bool) -> None:
    """What a scrub found; ends the command with exit code 3 when anything differs."""
    from plumbline.trail.findings import queries

    found = [view.difference for view in queries.findings(1_000)]
    if json:
        output.as_json(
            {
                "ok": report.ok and not differences,
                "size": report.size,
                "first_bad": report.first_bad,
                "last_bad": report.last_bad,
                "detail": report.detail,
                "compared": compared,
                "differences": differences,
                "findings": [asdict(each) for each in found],
            }
        )
    else:
        print(report.detail)
        print(f"{compared} rows and entries compared; {differences} differ.")
        if found:
            header = ("table", "row", "field", "expected", "found", "entry")
            output.table(header, [tuple(asdict(each).values()) for each in found])
    if not report.ok or differences:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


@app.command("rebuild")
def rebuild(
    table: Annotated[
        str | None, typer.Argument(help="Only this table, such as metrics.Point.", show_default=False)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Write derived tables again from what they are derived from: points, readings, list index, sightings.

    Example: plumbline trail rebuild metrics.Point
    """
    opened(data)
    from plumbline.trail import proofs

    derived = {proof.table: proof.rebuild for proof in proofs.proofs() if proof.rebuild is not None}
    if table is not None and table not in derived:
        raise NotFound(f"This table is not derived. Derived are: {', '.join(derived)}.")
    rows = {name: again() for name, again in derived.items() if table in (None, name)}
    if json:
        output.as_json(rows)
        return
    output.table(("table", "rows"), list(rows.items()))


@app.command("proofs")
def list_proofs(data: Data = None, json: Json = False) -> None:
    """List every table and file with what its content follows from, or why it needs no proof.

    Example: plumbline trail proofs
    """
    opened(data)
    from plumbline.trail import proofs

    rows = [
        (each.table, each.follows if isinstance(each, proofs.Proof) else f"No proof: {each.reason}")
        for each in proofs.declarations()
    ]
    if json:
        output.as_json([{"table": name, "text": text} for name, text in rows])
        return
    for name, text in rows:
        print(f"{name}\n    {text}")


@app.command("key")
def key(
    data: Data = None,
    only_log: Annotated[
        bool, typer.Option("--log", help="Only the log's key, which `plumbline verify` takes.")
    ] = False,
    json: Json = False,
) -> None:
    """Print the public keys that a verifier needs; give them to auditors by another way than the pack.

    Example: plumbline trail key --log > plumbline.vkey
    """
    config = opened(data)
    from plumbline.trail import keys

    signers = keys.load(config.data)
    found = {"log": str(signers.log.verifier), "pack": str(signers.pack.verifier)}
    if signers.history.recovery:
        found["recovery"] = str(signers.history.recovery)
    if json:
        output.as_json({**found, "history": [_key_period(period) for period in signers.history.log]})
        return
    if only_log:
        print(found["log"])
        return
    for name, text in found.items():
        print(f"{name}: {text}")
    for period in signers.history.log[:-1]:
        until = "its overlap is over" if period.until is None else f"entry {period.until}"
        print(f"log key from entry {max(period.since, 0)} until {until}: {period.key}")


def _key_period(period: KeyPeriod) -> dict[str, Any]:
    return {
        "key": str(period.key),
        "since": max(period.since, 0),
        "until": period.until,
        "overlap_ends": clock.rfc3339(period.overlap_ends) if period.overlap_ends else None,
        "announced": period.announced,
    }


def verify(
    pack: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Evidence pack (.aipack).")],
    key: Annotated[
        str | None,
        typer.Option(help="Public key (vkey) of the log, known from elsewhere.", show_default=False),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Checkpoint, or pack, of the previous audit.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Check an evidence pack offline, with the same small file that travels inside it.

    Exit code 3 when a check failed, and when no key was given, since then nothing shows who signed.

    Example: plumbline verify audit.aipack --key "$(cat plumbline.vkey)"
    """
    from plumbline_verify import verify as verifier

    if json:
        status, document = _verdict(verifier, pack, key or "", since)
        output.as_json(document)
    else:
        command = [str(pack), *(("--key", key) if key else ()), *(("--since", str(since)) if since else ())]
        status = verifier.main(["verify", *command])
    if status:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _verdict(verifier: ModuleType, pack: Path, key: str, since: Path | None) -> tuple[int, dict[str, Any]]:
    """What the verifier found, as a document: the verdict, the range, and each step by its code."""
    try:
        earlier = verifier.checkpoint_in(str(since)) if since else b""
    except verifier.ERRORS as error:
        return 1, {"verdict": verifier.VERDICTS[1], "error": str(error), "steps": []}
    check = verifier.Check(pack.read_bytes(), key, earlier)
    status = check.run()
    steps = [
        {"code": code, "word": word, "text": getattr(check, code).__doc__, "detail": detail}
        for code, (word, detail) in check.results.items()
    ]
    # What a pack says of itself is known from the step on that has read it.
    about = {name: getattr(check, name, None) for name in ("origin", "start", "stop", "size")}
    return status, {"verdict": verifier.VERDICTS[status], **about, "steps": steps}
