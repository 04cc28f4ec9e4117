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

from plumbline.bulk.erasure import commands as bulk
from plumbline.delivery.erasure import commands as deliveries
from plumbline.erasure import proofs, queries, reach, targets
from plumbline.erasure.models import ErasureRequest
from plumbline.erasure.plan import Plan
from plumbline.identity.erasure import commands as accounts
from plumbline.imports.erasure import commands as imports
from plumbline.kernel import clock
from plumbline.kernel.messages import Text, say
from plumbline.kernel.problems import Conflict
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
from plumbline.trail.proofs import Altered

State = ErasureRequest.State
STAGE = "stage:erase"
NOT_PROVED = say(
    "erasure.not-proved",
    "It is not what its entries in the trail say, and so it is not carried out. The operator finds the "
    "remedy under Verification.",
)


class StepHook(Protocol):
    """Called between any two steps, so that tests can break off there."""

    def __call__(self, step: str) -> None:
        """``step`` is done."""


def _nothing(step: str) -> None:
    return None


def run(row: ErasureRequest, store: EvidenceStore, after: StepHook = _nothing) -> ErasureRequest:
    """Erase what an approved request names; what was begun is taken up.

    Raises `Altered` when the request is not what its entries say and `Conflict` when a legal hold stops it,
    both before anything is destroyed; `Unavailable`.
    """
    _begin(row, store)
    return _finish(row, store, after)


def _begin(row: ErasureRequest, store: EvidenceStore) -> None:
    """Write down what is to go, with an entry that commits to it, unless that was done already."""
    row.refresh_from_db()
    # The row says what is destroyed for good, and anybody who can write to the database can write it. So it
    # counts only as far as entries of two people, and for the plan the entry of its beginning, bear it out.
    proofs.verify_request(row)
    if row.state == State.RUNNING:
        # Keys may be gone: a hold cannot bring them back, and content without its key and without an entry
        # that says why would read as damage.
        return
    if row.state != State.APPROVED:
        raise Conflict("This request is not approved.")
    plan = reach.plan_of(row, store)
    hold = reach.hold_on(row, plan, store)
    if hold is not None:
        raise Conflict(say("erasure.held", "A legal hold stops it (entry {entry}).", entry=hold.leaf))
    row.plan, row.openings, row.events = plan.as_text(), len(plan.slots), plan.event_count
    row.packs = " ".join(pack.handle for pack in packs.disclosing(plan.ranges()))
    row.state, row.error = State.RUNNING, ""
    with transaction.atomic():
        log.append(
            "erasure.begun",
            actor=STAGE,
            subject={"kind": "erasure", "ref": row.handle},
            facts={"plan": proofs.plan_digest(row.plan)},
        )
        row.save()


def _finish(row: ErasureRequest, store: EvidenceStore, after: StepHook) -> ErasureRequest:
    plan, texts = Plan.of_text(row.plan), targets.of(row)
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
    files.remove(records.files_of(plan.records) | imports.files_of([*plan.records, *plan.people]))
    after("files removed")


def _empty_rows(plan: Plan, leaf: int, texts: Sequence[str], *, logged: bool = True) -> None:
    """Empty what rows repeat of the content; each says by which entry it was erased.

    ``logged`` says that the log takes the entries by which accounts stop working.
    """
    imports.erase_rows([*plan.records, *plan.people])
    bulk.erase_rows(plan.records)
    records.erase_rows(plan.records, leaf)
    deliveries.erase_rows(plan.people)
    accounts.erase_rows(plan.people, leaf, logged=logged)
    records.forget_answers([*plan.records, *plan.people, *texts])
    records.forget_typing(plan.records, plan.people, texts)


def run_next(store: EvidenceStore, *, again: bool = True) -> bool:
    """Do the work of the next request that is approved or was broken off; whether there was one.

    A request that something stops keeps the reason (``error``), and the next has its turn. With ``again``
    those that were stopped before are tried too.
    """
    if not log_state.current().is_writable:
        return False
    for row in queries.waiting():
        if row.error and not again:
            continue
        try:
            _begin(row, store)
        except Altered:
            _stop(row, NOT_PROVED)
        except Conflict as problem:
            _stop(row, problem.detail)
        else:
            _finish(row, store, _nothing)
            return True
    return False


def _stop(row: ErasureRequest, reason: Text) -> None:
    if row.error != reason:
        ErasureRequest.objects.filter(pk=row.pk).update(error=reason)


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
        # The request as the backup has it would wait for what is done.
        ErasureRequest.objects.filter(handle=again.erasure).exclude(state=State.DONE).update(
            state=State.DONE, decided_by=again.approver, target="", reason="", error="", done_at=clock.now(),
            erasure_leaf=leaves[0],
        )  # fmt: skip
    erasures.keep_ledger(leaves)
    return leaves
