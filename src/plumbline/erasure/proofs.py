"""What requests, holds and retention periods follow from: the entries that each of them left."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from plumbline.erasure.models import ErasureRequest, LegalHold, RetentionPeriod
from plumbline.identity import authors
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.erasures.queries import ENTRY_TYPE
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

REQUEST, HOLD, PERIOD = "erasure.ErasureRequest", "erasure.LegalHold", "erasure.RetentionPeriod"
_ASKED, _BEGUN = "erasure.requested", "erasure.begun"
_DECIDED = {"erasure.approved": "approved", "erasure.refused": "refused", ENTRY_TYPE: "done"}
_OF_REQUESTS = {_ASKED, _BEGUN, *_DECIDED}
_OF_HOLDS = {"hold.placed", "hold.released"}
_PROPOSED, _APPROVED = "retention.proposed", "retention.approved"


def plan_digest(plan: str) -> str:
    """How the entry that begins an erasure names the plan by which it is carried out: SHA-256."""
    return hashlib.sha256(plan.encode()).hexdigest()


def verify_request(row: ErasureRequest) -> None:
    """Raise `Altered` unless a request is what its entries say: who asked for what, who decided, how far."""
    handle = row.handle

    def differences() -> Iterator[Difference]:
        rows = ErasureRequest.objects.select_related("person").filter(handle=handle)
        yield from _requests_differ(committed.about([handle], _OF_REQUESTS), rows)

    reading.verify(differences)


def verify_periods(retention: str) -> None:
    """Raise `Altered` unless the periods of a retention class are what two people proposed and approved."""

    def differences() -> Iterator[Difference]:
        entries = committed.about([f"retention-{retention}"], {_PROPOSED, _APPROVED})
        rows = RetentionPeriod.objects.select_related("person").filter(retention=retention)
        yield from _periods_differ(entries, rows)

    reading.verify(differences)


def verify_hold(row: LegalHold) -> None:
    """Raise `Altered` unless a legal hold is what the entries that placed and released it say."""
    handle = row.handle

    def differences() -> Iterator[Difference]:
        rows = LegalHold.objects.select_related("person").filter(handle=handle)
        yield from _holds_differ(committed.about([handle], _OF_HOLDS), rows)

    reading.verify(differences)


def _check_requests(start: int, stop: int) -> Iterator[Difference]:
    yield from _requests_differ(
        committed.of_types(_OF_REQUESTS), ErasureRequest.objects.select_related("person")
    )


def _requests_differ(
    entries: Iterable[CommittedEntry], rows: Iterable[ErasureRequest]
) -> Iterator[Difference]:
    """Kind, ground, target, day, who asked and who decided; each state exactly when an entry says so."""
    expected: dict[str, dict[str, object]] = {}
    newest: dict[str, int] = {}
    for entry in entries:
        handle = entry.view.subject_ref
        fields = expected.setdefault(handle, {})
        if entry.view.entry_type == _ASKED:
            fields |= _asked(entry)
        elif entry.view.entry_type == _BEGUN:
            fields |= {"state": "running", "plan": entry.facts["plan"]}
        else:
            fields |= {"state": _DECIDED[entry.view.entry_type], "decided_by": entry.view.actor}
        newest[handle] = entry.index
    found = {row.handle: row for row in rows}
    for handle, fields in expected.items():
        if handle in found:
            yield from compare(REQUEST, handle, newest[handle], fields, _request(found[handle]))
        elif "kind" in fields:  # of a replay after a restore there is an erasure entry alone
            yield without_row(REQUEST, handle, newest[handle])
    for handle in found.keys() - expected.keys():
        yield without_entry(REQUEST, handle)


def _asked(entry: CommittedEntry) -> dict[str, object]:
    """What a request is as long as nobody has decided it."""
    facts = entry.facts
    fields: dict[str, object] = {name: facts[fact] for name, fact in _FACTS.items()}
    fields |= {**authors.of_actor(entry.view.actor), "state": "requested", "decided_by": ""}
    fields |= {slot: entry.text(slot) for slot in ("target", "reason") if slot in entry.openings}
    if "period" in facts:
        # The retention stage asks by a period, of which the approval is the decision.
        approval = committed.at([facts["period"]]).get(facts["period"])
        if approval is not None and approval.view.entry_type == _APPROVED:
            fields |= {"state": "approved", "decided_by": approval.view.actor}
    return fields


_FACTS = {"kind": "of", "ground": "ground", "before": "before"}


def _request(row: ErasureRequest) -> dict[str, object]:
    return {
        "kind": row.kind,
        "ground": row.ground,
        "before": row.before.isoformat() if row.before else None,
        **authors.of_row(row),
        "target": row.target,
        "reason": row.reason,
        "state": str(row.state),
        "decided_by": row.decided_by,
        "plan": plan_digest(row.plan),
    }


def _check_holds(start: int, stop: int) -> Iterator[Difference]:
    yield from _holds_differ(committed.of_types(_OF_HOLDS), LegalHold.objects.select_related("person"))


def _holds_differ(entries: Iterable[CommittedEntry], rows: Iterable[LegalHold]) -> Iterator[Difference]:
    """Kind, target, ground and who placed it; released exactly when an entry says so."""
    expected: dict[str, dict[str, object]] = {}
    newest: dict[str, int] = {}
    for entry in entries:
        handle = entry.view.subject_ref
        fields = expected.setdefault(handle, {})
        if entry.verb == "placed":
            of = entry.facts["of"]
            fields |= {"kind": "" if of == "all" else of, **authors.of_actor(entry.view.actor)}
            fields |= {"released": False, "released_by": ""}
            fields |= {slot: entry.text(slot) for slot in ("target", "ground") if slot in entry.openings}
        else:
            fields |= {"released": True, "released_by": entry.view.actor}
        newest[handle] = entry.index
    found = {row.handle: row for row in rows}
    for handle, fields in expected.items():
        if handle in found:
            yield from compare(HOLD, handle, newest[handle], fields, _hold(found[handle]))
        else:
            yield without_row(HOLD, handle, newest[handle])
    for handle in found.keys() - expected.keys():
        yield without_entry(HOLD, handle)


def _hold(row: LegalHold) -> dict[str, object]:
    return {
        "kind": row.kind,
        **authors.of_row(row),
        "target": row.target,
        "ground": row.ground,
        "released": row.released_at is not None,
        "released_by": row.released_by,
    }


def _check_periods(start: int, stop: int) -> Iterator[Difference]:
    entries = committed.of_types({_PROPOSED, _APPROVED})
    yield from _periods_differ(entries, RetentionPeriod.objects.select_related("person"))


def _periods_differ(
    entries: Iterable[CommittedEntry], rows: Iterable[RetentionPeriod]
) -> Iterator[Difference]:
    """Class, months, reason, and by whose entry it is in force: one about this class and these months."""
    expected: dict[int, dict[str, object]] = {}
    waiting: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        retention = entry.view.subject_ref.removeprefix("retention-")
        if entry.view.entry_type == _PROPOSED:
            expected[entry.index] = _proposed(entry, retention)
            waiting[retention].append(entry.index)
        elif waiting[retention]:  # an approval is of the newest proposal that waits
            proposal = expected[waiting[retention].pop()]
            if proposal["months"] == entry.facts["months"]:
                proposal |= {"approval_leaf": entry.index, "approved": True, "approved_by": entry.view.actor}
    found = {row.leaf: row for row in rows}
    for leaf, fields in expected.items():
        if leaf in found:
            yield from compare(PERIOD, str(found[leaf].pk), leaf, fields, _period(found[leaf]))
        else:
            yield without_row(PERIOD, str(leaf), leaf)
    for leaf in found.keys() - expected.keys():
        yield without_entry(PERIOD, str(found[leaf].pk))


def _proposed(entry: CommittedEntry, retention: str) -> dict[str, object]:
    fields: Mapping[str, object] = {
        "retention": retention,
        "months": entry.facts["months"],
        **authors.of_actor(entry.view.actor),
        "approval_leaf": None,
        "approved": False,
        "approved_by": "",
    }
    return {**fields, **({"reason": entry.text("reason")} if "reason" in entry.openings else {})}


def _period(row: RetentionPeriod) -> dict[str, object]:
    return {
        "retention": row.retention,
        "months": row.months,
        **authors.of_row(row),
        "reason": row.reason,
        "approval_leaf": row.approval_leaf,
        "approved": row.approved_at is not None,
        "approved_by": row.approved_by,
    }


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(
        REQUEST,
        "Kind, ground, target, day, who asked and who decided stand in the entries of the request; the plan "
        "of its work in the entry that began it, and it is done when an erasure entry names it. What it "
        "found is repeated by that entry. A request that differs is never carried out.",
        (Pass("requests", whole, _check_requests),),
    ),
    Proof(
        HOLD, "Follows from the entries that placed and released it.", (Pass("holds", whole, _check_holds),)
    ),
    Proof(
        PERIOD,
        "Class, months and reason stand in the entry that proposed it; it is in force when an entry approved "
        "the same months of the same class.",
        (Pass("periods", whole, _check_periods),),
    ),
)
