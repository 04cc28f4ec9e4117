"""The sections of a management review's inputs: one for each that ISO/IEC 42001 9.3.2 lists, and risks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from plumbline.kernel import states
from plumbline.kernel.messages import Message, Ref, Text, Word, plain, say
from plumbline.kernel.states import CheckState, MeasuredState, RequirementState
from plumbline.records import kinds
from plumbline.reports import queries
from plumbline.reports.review_data import Figure, Item, ReviewData, Row, Section
from plumbline.reports.review_risks import risks


def _is_final(kind: str, state: str) -> bool:
    return state in kinds.get(kind).workflow.final


def _item(row: Row, note: Message | None = None) -> Item:
    return Item(row["reference"], "", row["state"], note)


def _note(text: Text) -> Message | None:
    """Words of a record or a reading as a remark."""
    return text if isinstance(text, Message) else plain(text) if text.strip() else None


def earlier_actions(data: ReviewData) -> Section:
    """What earlier reviews decided, and how far it has come."""
    slug, title = "earlier-actions", "Actions from earlier reviews"
    held = (row for row in data.rows("management-review") if row["reference"] != data.review)
    reviews = [row for row in held if row["state"] == "approved"]
    if not reviews:
        return Section(slug, title, say("review.no-earlier", "No earlier review has been approved."), False)
    decided = queries.linked_from([row["reference"] for row in reviews])
    actions = _actions_of(data, reviews, {target.reference for target in decided})
    finished = sum(_is_final(target.kind, target.state) for target in decided)
    finished += sum(row["state"] == "reviewed" for row in actions)
    size = len(decided) + len(actions)
    items = [Item(one.reference, "", one.state, _decided_in(one.source)) for one in decided]
    items += [_item(row, _decided_in(row["review"])) for row in actions]
    items += [_item(row, _note(row["actions"])) for row in reviews if row["actions"].strip()]
    if size:
        summary = say(
            "review.decided",
            "Earlier reviews: {reviews}. Records linked to them as decided: {decided}, of which finished:"
            " {finished}.",
            reviews=len(reviews),
            decided=size,
            finished=finished,
        )
    else:
        # Decisions kept only as prose have no state; saying so keeps "0 open" from reading as "all done".
        summary = say(
            "review.decided-in-text",
            "Earlier reviews: {reviews}. Their decisions are kept as text only, so their progress cannot be"
            " counted.",
            reviews=len(reviews),
        )
    figures = (
        Figure("Earlier reviews", len(reviews), "approved management reviews"),
        Figure("Finished", finished, "records that they decided", of=size),
    )
    return Section(slug, title, summary, True, figures, tuple(items))


def _decided_in(review: str) -> Message:
    return say("review.decided-in", "decided in {review}", review=Ref(review))


def _actions_of(data: ReviewData, reviews: Iterable[Row], linked: set[str]) -> list[Row]:
    """Actions that name one of ``reviews`` as what decided them, but for those that are linked to it too."""
    decided = {row["reference"] for row in reviews}
    return [row for row in data.rows("action") if row["review"] in decided and row["reference"] not in linked]


def _changes(
    slug: str, title: str, subject: Word, accepted: tuple[str, ...]
) -> Callable[[ReviewData], Section]:
    """The section of what changed in the period among records of some kinds."""

    def section(data: ReviewData) -> Section:
        kept = [kind for kind in accepted if data.keeps(kind)]
        if not kept:
            summary = say(
                "review.kind-not-kept",
                "This installation keeps no records of {subject}. Tell the review what has changed.",
                subject=subject,
            )
            return Section(slug, title, summary, False)
        rows = [row for kind in kept for row in data.rows(kind)]
        changed = [row for row in rows if data.inside(row, "recorded")]
        summary = say(
            "review.changes",
            "{changed} of {total} records of {subject} changed in the period; {new} of them are new.",
            changed=len(changed),
            total=len(rows),
            subject=subject,
            new=sum(data.inside(row) for row in changed),
        )
        if not rows:
            summary = say("review.nothing-recorded", "Nothing is recorded about {subject}.", subject=subject)
        base = f"records of {subject.text}"
        figures = (data.counted("New", rows, base), Figure("Changed", len(changed), base, of=len(rows)))
        return Section(slug, title, summary, bool(rows), figures, tuple(_item(row) for row in changed))

    section.__doc__ = f"Changes in {subject.text}."
    return section


def nonconformities(data: ReviewData) -> Section:
    """What went wrong and what is done about it."""
    recorded, actions = data.rows("nonconformity"), data.rows("corrective-action")
    kept = [row for row in recorded if row["state"] != "dismissed"]
    running = [row for row in kept if row["state"] != "closed"]
    acting = [row for row in actions if not _is_final("corrective-action", row["state"])]
    late = [row for row in running if data.overdue("nonconformity", row)]
    late += [row for row in acting if data.overdue("corrective-action", row)]
    base, size = "nonconformities, dismissed ones left out", len(running)
    raised = data.counted("Raised", kept, base)
    major = sum(row["grade"] == "major" for row in running)
    suspected = sum(row["state"] == "suspected" for row in running)
    verified = sum(row["state"] == "verified" for row in actions)
    figures = (
        raised,
        Figure("Open now", size, base, of=len(kept)),
        Figure("Major", major, "open nonconformities", of=size),
        Figure("Suspected", suspected, "open ones", of=size),
        data.counted("Actions recorded", actions, "corrective actions"),
        Figure("Verified", verified, "corrective actions", of=len(actions)),
        Figure("Overdue", len(late), "open nonconformities and running actions", of=size + len(acting)),
    )
    running.sort(key=lambda row: (row["grade"] != "major", row["reference"]))
    overdue = dict.fromkeys((row["reference"] for row in late), say("review.overdue", "overdue"))
    items = [_item(row, overdue.get(row["reference"])) for row in (*running, *acting)]
    summary = say(
        "review.nonconformities",
        "Raised in the period: {raised}. Open now: {open}. Overdue, corrective actions included: {overdue}.",
        raised=raised.value,
        open=size,
        overdue=len(late),
    )
    if not recorded:
        summary = say("review.no-nonconformity", "No nonconformity is recorded here.")
    return Section(
        "nonconformities", _PERFORMANCE[0], summary, bool(recorded or actions), figures, tuple(items)
    )


_PERFORMANCE = (
    "Performance: nonconformities and corrective actions",
    "Performance: results of monitoring and measurement",
    "Performance: results of audits",
    "Performance: objectives",
)


def measurements(data: ReviewData) -> Section:
    """What the checks read, and the indicators taken by hand."""
    rows, indicators = data.posture, data.rows("indicator")
    measured = states.counts(row.measured for row in rows)
    judged = queries.states_of_windows(data.start, data.stop)
    earlier = queries.states_of_windows(data.before, data.start)
    windows = sum(judged.values())
    figures = [Figure(str(state), count, "requirements", of=len(rows)) for state, count in measured.items()]
    figures += [
        Figure(
            f"Results: {state}",
            judged.get(state, 0),
            "windows judged in the period",
            of=windows,
            before=earlier.get(state, 0),
        )
        for state in CheckState
    ]
    attested = sum(row.attested is not None for row in rows)
    figures.append(Figure("Attested in date", attested, "requirements", of=len(rows)))
    shown = (MeasuredState.FAILING, MeasuredState.DEGRADED, MeasuredState.NO_SIGNAL)
    bad = sorted(
        (row for row in rows if row.measured in shown), key=lambda row: states.SEVERITY[row.measured]
    )
    items = [Item(row.id, f"{row.number} {row.title}", str(row.measured), _note(row.summary)) for row in bad]
    items += [_item(row, _reading(row)) for row in indicators]
    failing = measured.get(MeasuredState.FAILING, 0)
    summary = say(
        "review.measurements",
        "{failing} of {total} requirements are failing now. Windows judged in the period: {windows}.",
        failing=failing,
        total=len(rows),
        windows=windows,
    )
    if not windows:
        summary = say(
            "review.nothing-judged",
            "{failing} of {total} requirements are failing now. No check judged anything in the period.",
            failing=failing,
            total=len(rows),
        )
    return Section(
        "measurements", _PERFORMANCE[1], summary, bool(windows or indicators), tuple(figures), tuple(items)
    )


def _reading(row: Row) -> Message:
    """The last value of an indicator taken by hand, beside its target."""
    if row["value"] is None:
        return say("review.no-value", "no value recorded")
    value = " ".join(filter(None, (str(row["value"]), row["measured_in"])))
    day = date.fromisoformat(str(row["measured_on"])) if row["measured_on"] else ""
    if row["target"] is None:
        return say("review.value", "{value} on {day}", value=value, day=day)
    target = f"{row['direction']} {row['target']}"
    return say(
        "review.value-and-target", "{value} on {day}, target {target}", value=value, day=day, target=target
    )


_REPORTED = frozenset({"reported", "acknowledged", "closed"})
"""States of an audit whose results there are."""


def audits(data: ReviewData) -> Section:
    """What audits found."""
    sources = ("internal audit", "external audit")
    raised = [row for row in data.rows("nonconformity") if row["source"] in sources]
    held = [row for row in data.rows("audit") if row["state"] in _REPORTED]
    known = {row["reference"] for row in held}
    found = [
        row for row in data.rows("audit-finding") if row["audit"] in known and row["state"] != "withdrawn"
    ]
    waiting = [row for row in found if row["grade"] != "conformity" and row["state"] != "worked"]
    figures = [data.counted("Nonconformities from audits", raised, "nonconformities found by an audit")]
    if data.keeps("audit"):
        figures.append(data.counted("Reported audits", held, "audits whose report was issued"))
        figures.append(
            Figure("Not seen to work yet", len(waiting), "findings of reported audits", len(found))
        )
    count = figures[0].value
    if not data.keeps("audit"):
        summary = say(
            "review.audits-not-kept",
            "This installation keeps no records of audits themselves. Nonconformities that audits raised in"
            " the period: {raised}.",
            raised=count,
        )
    elif not held:
        summary = say(
            "review.no-audit",
            "No reported audit is recorded here. Nonconformities that audits raised in the period: {raised}.",
            raised=count,
        )
    else:
        summary = say(
            "review.audit-results",
            "Reported audits: {audits}. Findings: {findings}, of which {waiting} are not seen to work yet."
            " Nonconformities that audits raised in the period: {raised}.",
            audits=len(held),
            findings=len(found),
            waiting=len(waiting),
            raised=count,
        )
    rows = (*held, *found, *raised)
    items = [_item(row) for row in rows if row in waiting or data.inside(row, "recorded")]
    return Section("audits", _PERFORMANCE[2], summary, bool(held or raised), tuple(figures), tuple(items))


def objectives(data: ReviewData) -> Section:
    """How far the AI objectives have come."""
    slug, title = "objectives", _PERFORMANCE[3]
    rows = [row for row in data.rows("objective") if row["state"] != "retired"]
    if not rows:
        return Section(slug, title, say("review.no-objective", "No objective is recorded here."), False)
    outcomes = {
        outcome: Figure(
            label, sum(row["outcome"] == outcome for row in rows), "objectives not retired", len(rows)
        )
        for outcome, label in (
            ("open", "Still running"),
            ("reached", "Reached"),
            ("partly reached", "Partly reached"),
            ("missed", "Missed"),
        )
    }
    late = [row for row in rows if row["outcome"] == "open" and data.overdue("objective", row)]
    overdue = Figure("Running and overdue", len(late), "objectives not retired", of=len(rows))
    items = tuple(_item(row, _progress(row)) for row in rows)
    summary = say(
        "review.objectives",
        "{reached} of {total} objectives have been reached; {overdue} are overdue.",
        reached=outcomes["reached"].value,
        total=len(rows),
        overdue=len(late),
    )
    return Section(slug, title, summary, True, (*outcomes.values(), overdue), items)


def _progress(row: Row) -> Message:
    outcome = Word(row["outcome"])
    if not row["due"]:
        return say("review.objective-without-date", "{outcome}, no due date", outcome=outcome)
    due = date.fromisoformat(str(row["due"]))
    return say("review.objective-due", "{outcome}, due {day}", outcome=outcome, day=due)


def improvement(data: ReviewData) -> Section:
    """What could be better."""
    kept = [kind for kind in ("opportunity", "concern") if data.keeps(kind)]
    rows = [row for kind in kept for row in data.rows(kind)]
    recorded = data.rows("nonconformity")
    asking = [row for row in recorded if row["aims_change"].strip()]
    disagreeing = [row for row in data.posture if row.disagreement]
    bare = sum(row.word is RequirementState.MISSING for row in data.posture)
    size = len(data.posture)
    figures = (
        Figure(
            "Nonconformities that ask for a change of the AIMS", len(asking), "nonconformities", len(recorded)
        ),
        Figure("Measured and attested disagree", len(disagreeing), "requirements", of=size),
        Figure("Without any evidence", bare, "requirements", of=size),
    )
    items = [_item(row) for row in rows] + [_item(row, _note(row["aims_change"])) for row in asking]
    items += [
        Item(row.id, f"{row.number} {row.title}", str(row.measured), _note(row.disagreement))
        for row in disagreeing
    ]
    if kept:
        summary = say(
            "review.improvement",
            "Records and readings that point to an improvement: {count}.",
            count=len(items),
        )
    else:
        summary = say(
            "review.opportunities-not-kept",
            "This installation keeps no records of opportunities as such. Records and readings that point"
            " to an improvement: {count}.",
            count=len(items),
        )
    return Section(
        "improvement",
        "Opportunities for improvement",
        summary,
        bool(rows or asking or disagreeing),
        figures,
        tuple(items),
    )


SECTIONS: tuple[Callable[[ReviewData], Section], ...] = (
    earlier_actions,
    _changes(
        "issues",
        "Changes in external and internal issues",
        Word("external and internal issues"),
        ("issue",),
    ),
    _changes(
        "interested-parties",
        "Changes in what interested parties need and expect",
        Word("interested parties and of what binds the organization toward them"),
        ("interested-party", "obligation"),
    ),
    nonconformities,
    measurements,
    audits,
    objectives,
    risks,
    improvement,
)
"""In the order of the sub-clause; risks belong to performance."""


def all_sections(data: ReviewData) -> Iterable[Section]:
    """Every section for the period."""
    return (section(data) for section in SECTIONS)
