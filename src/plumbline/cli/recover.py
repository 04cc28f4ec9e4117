"""`plumbline trail recover`: bring a log back to what it has signed, or begin a new epoch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened, server_lock
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Unavailable

if TYPE_CHECKING:
    from plumbline.trail.recovery.plan import Plan
    from plumbline.trail.recovery.sources import Source

_SHOWN = 20


def recover(
    data: Data = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            exists=True,
            help="Copy of the data folder or database, evidence pack, or tile export; may be given again.",
            show_default=False,
        ),
    ] = None,
    new_epoch: Annotated[
        bool,
        typer.Option("--new-epoch", help="Give up what cannot be brought back, and begin a new epoch."),
    ] = False,
    correct_clock: Annotated[
        bool, typer.Option("--clock", help="Accept the server's present time; it must be right.")
    ] = False,
    renew_guard: Annotated[
        bool, typer.Option("--guard", help="Make a lost guard anew from the newest signed checkpoint.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which entries would come back, and do nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Mend a trail that takes no entries: bring lost ones back from copies, packs or an export.

    Nothing is believed that does not lead to a root which was signed. What cannot be brought back is listed.
    Every mending leaves an entry. Exit code 3 when entries stay lost and no new epoch was asked for.

    Example: plumbline trail recover --from /backup/plumbline-data
    """
    if dry_run and (correct_clock or renew_guard):
        raise Conflict("--dry-run speaks of entries. --clock and --guard have no trial; nothing was done.")
    config = opened(data)
    if correct_clock:
        _answer(_correct_clock(), json)
        return
    if renew_guard:
        _answer(_renew_guard(), json)
        return
    with server_lock(config):
        document = _bring_back(sources or [], new_epoch=new_epoch, dry_run=dry_run)
    _answer(document, json)
    if document["lost"] and not document.get("vkey"):
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _actor() -> str:
    from plumbline.identity.actors import Actor

    return Actor.installation().id


def _answer(document: dict[str, Any], json: bool) -> None:
    if json:
        output.as_json(document)
        return
    for line in document["lines"]:
        print(line)


def _correct_clock() -> dict[str, Any]:
    from plumbline.trail.recovery import commands

    found = commands.correct_clock(_actor())
    if found is None:
        return {"corrected": 0, "lines": ["The clock agrees with the trail; nothing was done."]}
    count, first, last = found
    lines = ["The server's present time is accepted, and an entry says so."]
    if count:
        span = f"{clock.rfc3339(first)} to {clock.rfc3339(last)}"
        lines.append(f"{count} entries carry times from {span}; they were recorded before that entry.")
    return {"corrected": count, "from": clock.rfc3339(first), "until": clock.rfc3339(last), "lines": lines}


def _renew_guard() -> dict[str, Any]:
    from plumbline.trail.recovery import commands

    commands.renew_guard(_actor())
    return {"guard": "renewed", "lines": ["A new guard was made from the newest checkpoint that is signed."]}


def _bring_back(paths: list[Path], *, new_epoch: bool, dry_run: bool) -> dict[str, Any]:
    from plumbline.trail import log_state
    from plumbline.trail.recovery import commands, plan
    from plumbline.trail.recovery.sources import open_source

    sources = [open_source(path) for path in paths]
    log_state.forget()
    state = log_state.current()
    lines = [] if state.is_writable else [str(state.detail)]
    if _renew_head(lines, dry_run=dry_run):
        if dry_run:  # what else is to mend shows when the row is
            return {"state": state.reason, "brought_back": 0, "lost": [], "lines": lines}
        state = log_state.current()
    found = plan.make(sources)
    if not found.is_needed:
        lines.append("Nothing of what was signed is missing from the database.")
        if not state.is_writable:
            lines.append(str(state.remedy))
        return {"state": state.reason, "brought_back": 0, "lost": [], "lines": lines}
    before = min(found.present, found.agreed)
    if dry_run:
        found = _as_if_copied(found, sources)
    else:
        lost, found = found, _with_copies(found, sources)
        commands.bring_back(_actor(), found, lost)
    document: dict[str, Any] = {
        "state": state.reason,
        "brought_back": found.reached - before,
        "lost": list(found.lost)[:1] + list(found.lost)[-1:],
        "lines": lines,
    }
    lines.append(f"{found.reached - before} entries {'can be' if dry_run else 'were'} brought back.")
    if not found.is_complete:
        _say_lost(found, sources, lines)
        if new_epoch and not dry_run:
            document["vkey"] = commands.open_epoch(_actor(), plan.make([]))
            lines.append("A new epoch has begun. Give auditors its key: " + document["vkey"])
        elif not new_epoch:
            lines.append(
                "Name another source with --from, or give them up and begin a new epoch: "
                + output.line("trail", "recover", "--new-epoch")
            )
    elif not dry_run and not log_state.current().is_writable:
        raise Unavailable(log_state.current().detail)
    return document


def _renew_head(lines: list[str], *, dry_run: bool) -> bool:
    """Derive the row that numbers the entries anew if it does not fit them; whether it does not."""
    from plumbline.trail.recovery import commands, head

    derived = head.derived()
    if derived is None:
        return False
    if not dry_run:
        commands.renew_head(_actor(), derived)
    lines.append(
        f"The row that numbers the entries {'can be' if dry_run else 'was'} derived anew: it has "
        f"{derived.frontier.size} entries, {derived.unsigned} of them under no signature."
    )
    return True


def _as_if_copied(found: Plan, sources: list[Source]) -> Plan:
    """The plan as it would be with the copy of the database in place that reaches furthest."""
    from plumbline.trail.recovery import plan
    from plumbline.trail.recovery.sources import DatabaseCopy

    reached = max((plan.of_copy(source) for source in sources if isinstance(source, DatabaseCopy)), default=0)
    return replace(found, present=reached, agreed=reached, entries={}) if reached > found.reached else found


def _with_copies(found: Plan, sources: list[Source]) -> Plan:
    """Put the copy of the database that reaches furthest in place, and plan anew what lies behind it.

    A copy brings the records back with their entries; the other sources have entries alone.
    """
    from plumbline.trail.recovery import commands, plan
    from plumbline.trail.recovery.sources import DatabaseCopy

    best = found
    for source in sources:
        if not isinstance(source, DatabaseCopy):
            continue
        reached = plan.of_copy(source)
        if reached > best.agreed:
            commands.adopt(source)
            best = plan.make(sources)
    return best


def _say_lost(found: Plan, sources: list[Source], lines: list[str]) -> None:
    from plumbline.trail.recovery import commands

    lost = found.lost
    lines.append(f"{len(lost)} entries stay lost: {lost.start} to {lost.stop - 1}.")
    for source in sources:
        for number, entry_type, reference in commands.describe(source, lost[:_SHOWN]):
            lines.append(f"  {number}: {entry_type} {reference} (in the {source.name}, under no signature)")
