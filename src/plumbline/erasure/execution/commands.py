"""Doing what was approved: keys, openings, events, files, then the entry and the rows, then the leftovers.

Each step may be repeated. What is to be erased is written down before anything is destroyed, so that a
process that was killed at any point goes on where it was (`resume`), and a database from a backup is brought
up to what the log says (`replay_erasures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction

from plumbline.delivery.erasure import commands as deliveries
from plumbline.erasure import queries
from plumbline.erasure.models import ErasureRequest
from plumbline.erasure.plan import Plan
from plumbline.identity.erasure import commands as accounts
from plumbline.imports.erasure import commands as imports
from plumbline.kernel import clock
from plumbline.records import files
from plumbline.records.erasure import commands as records
from plumbline.reports.erasure import commands as packs
from plumbline.telemetry.erasure import commands as events
from plumbline.telemetry.store.port import EvidenceStore
from plumbline.trail import entry as entries
from plumbline.trail import log, log_state
from plumbline.trail.erasures import commands as erasures
from plumbline.trail.erasures import queries as erased
from plumbline.trail.erasures.commands import Erasure
from plumbline.trail.key_store.opened import key_store
from plumbline.trail.openings import queries as openings

State = ErasureRequest.State


class StepHook(Protocol):
    """Called between any two steps, so that tests can break off there."""

    def __call__(self, step: str) -> None:
        """``step`` is done."""


def _nothing(step: str) -> None:
    return None


def run(row: ErasureRequest, store: EvidenceStore, after: StepHook = _nothing) -> ErasureRequest:
    """Erase what an approved request names; what was begun is taken up. Raises `Unavailable`, `Conflict`."""
    if row.state == State.APPROVED:
        plan = queries.plan_of(row, store)
        row.plan, row.openings, row.events = plan.as_text(), len(plan.slots), plan.event_count
        row.packs = " ".join(pack.handle for pack in packs.disclosing(plan.ranges()))
        row.state = State.RUNNING
        row.save()
    plan, texts = Plan.of_text(row.plan), queries.targets_of(row)
    after("planned")
    _destroy(plan, store, after)
    said = Erasure(row.handle, row.requested_at, row.ground, row.decided_by, plan.records, plan.people)
    with transaction.atomic():
        leaves = erasures.erase(said, plan.ranges())
        _empty_rows(plan, leaves[0], texts)
        row.target = row.reason = row.error = ""
        row.state, row.done_at, row.erasure_leaf = State.DONE, clock.now(), leaves[0]
        row.save()
    after("entry written")
    erasures.keep_ledger(leaves)
    after("ledger kept")
    erasures.overwrite()
    return row


def _destroy(plan: Plan, store: EvidenceStore, after: StepHook) -> None:
    """Everything that cannot be taken back and lies outside of the database's transaction."""
    doomed = erasures.protect_others(plan.slots)
    after("others protected")
    key_store().destroy(doomed)
    after("keys destroyed")
    if plan.events:
        events.erase(Path(settings.PLUMBLINE.data), plan.events, store)
    after("events erased")
    packs.remove_files(packs.disclosing(plan.ranges()))
    files.remove(records.files_of(plan.records) | imports.files_of(plan.records))
    after("files removed")


def _empty_rows(plan: Plan, leaf: int, texts: Sequence[str], *, logged: bool = True) -> None:
    """Empty what rows repeat of the content; each says by which entry it was erased.

    ``logged`` says that the log takes the entries by which accounts stop working.
    """
    imports.erase_rows(plan.records)
    records.erase_rows(plan.records, leaf)
    deliveries.erase_rows(plan.people)
    accounts.erase_rows(plan.people, leaf, logged=logged)
    records.forget_answers([*plan.records, *plan.people, *texts])


def run_next(store: EvidenceStore) -> bool:
    """Do the work of the next request, if one is approved or was broken off; whether there was one."""
    row = queries.waiting()
    if row is None or not log_state.current().is_writable:
        return False
    run(row, store)
    return True


def replay_erasures(store: EvidenceStore) -> list[int]:
    """Erase again whatever an erasure entry names and is here nevertheless, as after a backup was restored.

    The entries are those of the log and, newer than a restored log, those of the ledger beside the keys.
    Called before a service opens and by a restore. Returns the numbers of the entries that were written for
    entries which the restored log does not have; entries that it has are carried out again without a new
    one.
    """
    logged = erased.entries()
    erasures.keep_ledger([index for index, _ in logged])
    for index, content in logged:
        plan = Plan.of_facts(entries.read(content).facts)
        if openings.any_at(plan.slots) or events.any_at(Path(settings.PLUMBLINE.data), plan.events):
            _destroy(plan, store, _nothing)
            with transaction.atomic():
                erasures.delete_openings(plan.slots)
                _empty_rows(plan, index, ())
    known = {content for _, content in logged}
    done = {(said.get("erasure"), said.get("replays")) for said in map(_facts, known)}
    written: list[int] = []
    for index, content in key_store().erasures():
        facts = _facts(content)
        if content not in known and (facts["erasure"], index) not in done:
            written += _replay(index, content, store)
    erasures.overwrite()
    return written


def _facts(content: bytes) -> Mapping[str, Any]:
    return entries.read(content).facts


def _replay(index: int, content: bytes, store: EvidenceStore) -> list[int]:
    said = entries.read(content)
    # Entries that came after the backup are not here any more: their numbers will be given to others.
    plan = Plan.of_facts(said.facts).before(log.size())
    plan.records = records.existing(plan.records)
    plan.people = accounts.existing(plan.people)
    _destroy(plan, store, _nothing)
    if not log_state.current().is_writable:
        # Nobody is served erased content because the log waits to be recovered. What is gone reads as missing
        # until the entry can be written, at the next start or look.
        with transaction.atomic():
            erasures.delete_openings(plan.slots)
            _empty_rows(plan, index, (), logged=False)
        return []
    facts = said.facts
    again = Erasure(
        str(facts["erasure"]), said.time, str(facts["ground"]), str(facts["approver"]),
        plan.records, plan.people, replays=index,
    )  # fmt: skip
    with transaction.atomic():
        leaves = erasures.erase(again, plan.ranges())
        _empty_rows(plan, leaves[0], ())
    erasures.keep_ledger(leaves)
    return leaves
