"""What results follow from: the commitments in the entry of their run; and what is derived from results."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from plumbline.controls import commands, restatements
from plumbline.controls.models import (
    Escalation,
    Raised,
    Reading,
    ResidualLevel,
    RestatementAcceptance,
    Result,
    Run,
)
from plumbline.controls.residual_levels import commands as residual_levels
from plumbline.controls.residual_levels import queries as level_queries
from plumbline.controls.sealed_results.proofs import RESULT, RUN, check_results
from plumbline.kernel.clock import now as clock_now
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.states import BEYOND
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.entry_rows import EntryRows, span_of
from plumbline.trail.proofs import (
    Declaration,
    Difference,
    NoProof,
    Pass,
    Proof,
    compare,
    whole,
    without_entry,
    without_row,
)

READING = "controls.Reading"
ACCEPTANCE, RAISED = "controls.RestatementAcceptance", "controls.Raised"
ESCALATION, LEVEL = "controls.Escalation", "controls.ResidualLevel"

RUNS = EntryRows(
    table=RUN,
    rows=Run.objects.all,
    types=frozenset({"run.completed"}),
    expected=lambda entry: {
        "size": entry.facts["results"],
        "root": entry.facts["root"],
        "catalog_version": entry.facts["catalog"],
    },
    found=lambda row: {"size": row.size, "root": row.root, "catalog_version": row.catalog_version},
    row=lambda row: f"run {row.pk}",
)


def _acceptance(entry: CommittedEntry) -> dict[str, object] | None:
    if "reason" not in entry.openings:
        return None
    return {
        "result": entry.facts["result"], "person": entry.view.actor, "reason": entry.text("reason"),
    }  # fmt: skip


ACCEPTANCES = EntryRows(
    table=ACCEPTANCE,
    rows=lambda: RestatementAcceptance.objects.select_related("person"),
    types=frozenset({"restatement.accepted"}),
    expected=_acceptance,
    found=lambda row: {"result": row.result_id, "person": row.person.handle, "reason": row.reason},
    row=lambda row: f"acceptance of result {row.result_id}",
)

ESCALATIONS = EntryRows(
    table=ESCALATION,
    rows=Escalation.objects.all,
    types=frozenset({"record.escalated"}),
    expected=lambda entry: {"reference": entry.view.subject_ref, **entry.facts},
    found=lambda row: {"reference": row.reference, "due": row.due.isoformat(), "to": row.person},
    row=lambda row: f"{row.reference} due {row.due.isoformat()}",
)


# What is derived from results


def _check_readings(start: int, stop: int) -> Iterator[Difference]:
    """The verdict that counts of the newest window of each check and subject."""
    known = {(row.check_name, row.subject): row.result_id for row in Reading.objects.all()}
    expected = dict(_expected_readings())
    for (name, subject), number in expected.items():
        row = f"{name} of {subject}"
        yield from compare(READING, row, None, {"result": number}, {"result": known.get((name, subject))})
    for name, subject in known.keys() - expected.keys():
        yield without_entry(READING, f"{name} of {subject}")


def _expected_readings() -> Iterator[tuple[tuple[str, str], int]]:
    accepted = set(RestatementAcceptance.objects.values_list("result_id", flat=True))
    columns = ("pk", "check_name", "subject", "window_start", "word", "restates")
    rows = Result.objects.order_by("check_name", "subject", "window_start", "pk").only(*columns)
    by_subject = groupby(rows.iterator(chunk_size=2_000), key=lambda row: (row.check_name, row.subject))
    for key, results in by_subject:
        best: Result | None = None
        for _, window in groupby(results, key=lambda row: row.window_start):
            verdict = restatements.counting(window, accepted)
            if verdict is not None and (best is None or _rank(verdict) >= _rank(best)):
                best = verdict
        if best is not None:
            yield key, best.pk


def _rank(result: Result) -> Any:
    return restatements.rank(result.word, result.subject, result.window_start)


def _rebuild_readings() -> int:
    """Let every reading be the verdict that counts, as the results say."""
    expected = dict(_expected_readings())
    for (name, subject), number in expected.items():
        Reading.objects.update_or_create(check_name=name, subject=subject, defaults={"result_id": number})
    gone = [row.pk for row in Reading.objects.all() if (row.check_name, row.subject) not in expected]
    Reading.objects.filter(pk__in=gone).delete()
    return len(expected)


def _check_raised(start: int, stop: int) -> Iterator[Difference]:
    """Each row names a failing result as it was and a nonconformity that triage made, and each such one has a
    row."""
    made = {
        entry.view.subject_ref: entry.index
        for entry in committed.of_types({"record.created"})
        if entry.view.actor == "stage:triage"
    }
    rows = list(Raised.objects.order_by("pk"))
    for row in rows:
        name = f"{row.check_name} of {row.subject} from {rfc3339(row.window_start)}"
        if row.reference not in made:
            yield without_entry(RAISED, name)
            continue
        results = Result.objects.filter(
            check_name=row.check_name, subject=row.subject, window_start=row.window_start, word__in=BEYOND
        )
        if row.reason_digest not in {commands.reason_digest(result) for result in results}:
            expected = "the digest of a failing result's reason"
            yield Difference(RAISED, name, "reason_digest", expected, row.reason_digest, made[row.reference])
    for reference in made.keys() - {row.reference for row in rows}:
        yield without_row(RAISED, reference, made[reference])


def _check_levels(start: int, stop: int) -> Iterator[Difference]:
    """While the kept levels hold, they are what is worked out anew; otherwise nobody reads them."""
    now = clock_now()
    kept, current = level_queries.stamps(now)
    if not kept or kept != current:
        return
    left = residual_levels.left_today(now)
    found = dict(ResidualLevel.objects.values_list("reference", "level"))
    for reference, level in left.items():
        yield from compare(LEVEL, reference, None, {"level": level}, {"level": found.get(reference)})
    for reference in found.keys() - left.keys():
        yield without_entry(LEVEL, reference)


DECLARATIONS: tuple[Declaration, ...] = (
    Proof(RUN, "Size, root and catalog stand in the entry of the run.", RUNS.passes()),
    Proof(
        RESULT,
        "The exact bytes of each result, under its salt, give its digest in the opening “digests” of the "
        "entry of its run; over the digests lies the root in the entry. The columns repeat the bytes.",
        (Pass("runs", lambda: span_of(Run.objects.all()), check_results, step=10),),
    ),
    Proof(
        READING,
        "Derived from the results: the verdict that counts of the newest window of each check and subject.",
        (Pass("readings", whole, _check_readings),),
        rebuild=_rebuild_readings,
    ),
    Proof(
        ACCEPTANCE,
        "Result and person stand in the entry of the acceptance, the reason in its opening.",
        ACCEPTANCES.passes(),
    ),
    Proof(
        RAISED,
        "Names a failing result, by the digest of its reason, and the nonconformity that triage made of it.",
        (Pass("raised", whole, _check_raised),),
    ),
    Proof(
        ESCALATION,
        "Nonconformity, day and whoever it went on to stand in the entry of the escalation.",
        ESCALATIONS.passes(),
    ),
    Proof(
        LEVEL,
        "Derived from the results and the treatments in force; compared while it holds, otherwise not read.",
        (Pass("levels", whole, _check_levels),),
        rebuild=residual_levels.rebuild,
    ),
    NoProof("controls.Due", "What is waiting to be judged. Deleted, a window is judged later, with the next "
            "data or the next day; added, it is judged once more."),
    NoProof("controls.Cursor", "How far a stage has read; set back, it reads again and changes nothing."),
)  # fmt: skip
