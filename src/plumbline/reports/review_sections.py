"""The sections of a management review's inputs, one for each thing that ISO/IEC 42001 9.3.2 lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from plumbline.controls import posture as postures
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.kernel import states
from plumbline.kernel.clock import parse_rfc3339
from plumbline.kernel.problems import NotFound
from plumbline.kernel.states import CheckState, MeasuredState, RequirementState
from plumbline.records import kinds
from plumbline.records import queries as records
from plumbline.reports import queries

SHOWN = 50
"""Items a section lists; it says how many more there are."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A count: ``value`` of ``of`` (where there is a whole), from what (``base``), and the period before."""

    label: str
    value: int
    base: str
    of: int | None = None
    before: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """The figure as it is frozen."""
        return {
            "label": self.label,
            "value": self.value,
            "of": self.of,
            "before": self.before,
            "base": self.base,
        }


@dataclass(frozen=True)
class Item:
    """One thing to look at: a record by its reference alone, or a requirement by id and title; state, remark.

    Titles of records are not frozen: whoever reads the review need not see each of them.
    """

    ref: str
    title: str
    state: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The item as it is frozen."""
        return {"ref": self.ref, "title": self.title, "state": self.state, "note": self.note}


@dataclass(frozen=True)
class Section:
    """One input. ``recorded`` is false when this installation keeps no records of its sort at all."""

    slug: str
    title: str
    said: str
    recorded: bool = True
    figures: tuple[Figure, ...] = ()
    items: tuple[Item, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The section as it is frozen."""
        return {
            "slug": self.slug,
            "clause": "9.3.2",
            "title": self.title,
            "said": self.said,
            "recorded": self.recorded,
            "figures": [one.as_dict() for one in self.figures],
            "items": [one.as_dict() for one in self.items[:SHOWN]],
            "more": max(0, len(self.items) - SHOWN),
        }


@dataclass(frozen=True)
class ReviewData:
    """What the sections are made of: the records of the whole organization, read once each.

    The period runs from ``start`` to before ``stop``; the one before it begins at ``before``.
    """

    start: datetime
    stop: datetime
    before: datetime
    review: str = ""

    @cached_property
    def _kept(self) -> dict[str, list[dict[str, Any]]]:
        return {}

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """Every record of ``kind``; none for a kind that this installation does not keep."""
        if kind not in self._kept:
            self._kept[kind] = records.facts(kind) if self.keeps(kind) else []
        return self._kept[kind]

    def keeps(self, kind: str) -> bool:
        """Whether this installation keeps records of that kind."""
        try:
            kinds.get(kind)
        except NotFound:
            return False
        return True

    def inside(self, row: Row, name: str = "created") -> bool:
        """Whether the record's time called ``name`` lies in the period."""
        return self.start <= parse_rfc3339(row[name]) < self.stop

    def earlier(self, row: Row, name: str = "created") -> bool:
        """Whether that time lies in the period before."""
        return self.before <= parse_rfc3339(row[name]) < self.start

    def counted(self, label: str, rows: Sequence[Row], base: str, name: str = "created") -> Figure:
        """How many of ``rows`` have that time in the period, and in the one before."""
        now, then = sum(self.inside(row, name) for row in rows), sum(self.earlier(row, name) for row in rows)
        return Figure(label, now, base, before=then)

    def overdue(self, kind: str, row: Row) -> bool:
        """Whether what is due before the end of the period is not done (`Workflow.overdue`)."""
        due = date.fromisoformat(str(row["due"])) if row["due"] else None
        return kinds.get(kind).workflow.overdue(row["state"], due, self.stop.date())

    @cached_property
    def posture(self) -> list[RequirementPosture]:
        """The posture at the time of gathering."""
        return postures.posture()


def _final(kind: str, state: str) -> bool:
    return state in kinds.get(kind).workflow.final


def _item(row: Row, note: str = "") -> Item:
    return Item(row["reference"], "", row["state"], note)


def earlier_actions(data: ReviewData) -> Section:
    """What earlier reviews decided, and how far it has come."""
    title = "Actions from earlier reviews"
    reviews = [
        row
        for row in data.rows("management-review")
        if row["reference"] != data.review and row["state"] == "approved"
    ]
    if not reviews:
        return Section("earlier-actions", title, "No earlier review is recorded here as approved.", False)
    linked = queries.linked_from([row["reference"] for row in reviews])
    done = sum(_final(one.kind, one.state) for one in linked)
    items = [Item(one.reference, "", one.state, f"decided in {one.source}") for one in linked]
    items += [_item(row, row["actions"]) for row in reviews if row["actions"].strip()]
    said = f"{len(reviews)} earlier reviews; {len(linked)} records are linked to them as what they decided."
    if not linked:
        said += " What they decided stands in their text only, and nothing here can tell how far it has come."
    figures = (
        Figure("Earlier reviews", len(reviews), "approved management reviews"),
        Figure("Finished", done, "records linked to them", of=len(linked)),
    )
    return Section("earlier-actions", title, said, True, figures, tuple(items))


def _changes(slug: str, title: str, what: str, wanted: tuple[str, ...]) -> Callable[[ReviewData], Section]:
    """The section of what changed in the period among records of some kinds."""

    def section(data: ReviewData) -> Section:
        kept = [kind for kind in wanted if data.keeps(kind)]
        if not kept:
            said = f"This installation keeps no records of {what}. Tell the review what has changed in them."
            return Section(slug, title, said, False)
        rows = [row for kind in kept for row in data.rows(kind)]
        changed = [row for row in rows if data.inside(row, "recorded")]
        new = sum(data.inside(row) for row in changed)
        said = f"{len(changed)} of {len(rows)} records of {what} changed in the period, {new} of them new."
        if not rows:
            said = f"Nothing is recorded here about {what}."
        figures = (
            data.counted("New", rows, f"records of {what}"),
            Figure("Changed", len(changed), f"records of {what}", of=len(rows)),
        )
        return Section(slug, title, said, bool(rows), figures, tuple(_item(row) for row in changed))

    section.__doc__ = f"Changes in {what}."
    return section


def nonconformities(data: ReviewData) -> Section:
    """What went wrong and what is done about it."""
    found, actions = data.rows("nonconformity"), data.rows("corrective-action")
    kept = [row for row in found if row["state"] != "dismissed"]
    running = [row for row in kept if row["state"] != "closed"]
    acting = [row for row in actions if not _final("corrective-action", row["state"])]
    late = [row for row in running if data.overdue("nonconformity", row)]
    late += [row for row in acting if data.overdue("corrective-action", row)]
    base = "nonconformities, dismissed ones left out"
    figures = (
        data.counted("Raised", kept, base),
        Figure("Open now", len(running), base, of=len(kept)),
        Figure(
            "Major", sum(row["grade"] == "major" for row in running), "open nonconformities", len(running)
        ),
        Figure("Suspected", sum(row["state"] == "suspected" for row in running), "open ones", len(running)),
        data.counted("Actions recorded", actions, "corrective actions"),
        Figure(
            "Verified", sum(row["state"] == "verified" for row in actions), "corrective actions", len(actions)
        ),
        Figure("Overdue", len(late), "open nonconformities and running actions", len(running) + len(acting)),
    )
    running.sort(key=lambda row: (row["grade"] != "major", row["reference"]))
    late_ones = {row["reference"] for row in late}
    notes = dict.fromkeys(late_ones, "overdue")
    items = [_item(row, notes.get(row["reference"], "")) for row in (*running, *acting)]
    said = f"{figures[0].value} were raised in the period; {len(running)} are open now, {len(late)} are late."
    if not found:
        said = "No nonconformity is recorded here."
    return Section("nonconformities", _PERFORMANCE[0], said, bool(found or actions), figures, tuple(items))


_PERFORMANCE = (
    "Performance: nonconformities and corrective actions",
    "Performance: results of monitoring and measurement",
    "Performance: results of audits",
    "Performance: objectives",
)


def measurements(data: ReviewData) -> Section:
    """What the checks read, and the indicators taken by hand."""
    rows, indicators = data.posture, data.rows("indicator")
    counted = states.counts(row.measured for row in rows)
    now = queries.words_of_windows(data.start, data.stop)
    then = queries.words_of_windows(data.before, data.start)
    size = sum(now.values())
    figures = [Figure(str(word), count, "requirements", of=len(rows)) for word, count in counted.items()]
    figures += [
        Figure(f"Results: {word}", now.get(word, 0), "windows judged in the period", size, then.get(word, 0))
        for word in CheckState
    ]
    attested = sum(row.attested is not None for row in rows)
    figures.append(Figure("Attested in date", attested, "requirements", of=len(rows)))
    bad = [
        row
        for row in rows
        if row.measured in (MeasuredState.FAILING, MeasuredState.DEGRADED, MeasuredState.NO_SIGNAL)
    ]
    bad.sort(key=lambda row: states.SEVERITY[row.measured])
    items = [Item(row.id, f"{row.number} {row.title}", str(row.measured), row.summary) for row in bad]
    items += [_item(row, _reading(row)) for row in indicators]
    failing = counted.get(MeasuredState.FAILING, 0)
    said = f"{failing} of {len(rows)} requirements are failing now; {size} windows were judged in the period."
    if not size:
        said += " No check judged anything in the period."
    return Section(
        "measurements", _PERFORMANCE[1], said, bool(size or indicators), tuple(figures), tuple(items)
    )


def _reading(row: Row) -> str:
    if row["value"] is None:
        return "no figure recorded by hand"
    unit, target = row["measured_in"], row["target"]
    aim = f", target {row['direction']} {target}" if target is not None else ""
    return f"{row['value']} {unit} on {row['measured_on']}{aim}".replace("  ", " ")


def audits(data: ReviewData) -> Section:
    """What audits found."""
    raised = [
        row for row in data.rows("nonconformity") if row["source"] in ("internal audit", "external audit")
    ]
    kept = [kind for kind in ("audit", "audit-finding") if data.keeps(kind)]
    rows = [row for kind in kept for row in data.rows(kind)]
    figures = [data.counted("Nonconformities from audits", raised, "nonconformities found by an audit")]
    if kept:
        figures.append(data.counted("Audits and findings", rows, "records of audits"))
    said = f"{figures[0].value} nonconformities were raised by audits in the period."
    if not kept:
        said = "This installation keeps no records of audits themselves. " + said
    elif not rows:
        said = "No audit is recorded here. " + said
    items = [_item(row) for row in (*rows, *raised) if data.inside(row, "recorded")]
    return Section("audits", _PERFORMANCE[2], said, bool(rows or raised), tuple(figures), tuple(items))


def objectives(data: ReviewData) -> Section:
    """How far the AI objectives have come."""
    rows = [row for row in data.rows("objective") if row["state"] != "retired"]
    if not rows:
        return Section("objectives", _PERFORMANCE[3], "No objective is recorded here.", False)
    figures = [
        Figure(label, sum(row["outcome"] == word for row in rows), "objectives not retired", of=len(rows))
        for word, label in (
            ("open", "Still running"),
            ("reached", "Reached"),
            ("partly reached", "Partly reached"),
            ("missed", "Missed"),
        )
    ]
    late = [row for row in rows if row["outcome"] == "open" and data.overdue("objective", row)]
    figures.append(Figure("Running and overdue", len(late), "objectives not retired", of=len(rows)))
    items = tuple(_item(row, f"{row['outcome']}, due {row['due'] or 'not set'}") for row in rows)
    said = f"{figures[1].value} of {len(rows)} objectives are reached, {len(late)} are overdue."
    return Section("objectives", _PERFORMANCE[3], said, True, tuple(figures), items)


def improvement(data: ReviewData) -> Section:
    """What could be better."""
    title = "Opportunities for improvement"
    kept = [kind for kind in ("opportunity", "concern") if data.keeps(kind)]
    rows = [row for kind in kept for row in data.rows(kind)]
    named = [row for row in data.rows("nonconformity") if row["aims_change"].strip()]
    apart = [row for row in data.posture if row.disagreement]
    bare = [row for row in data.posture if row.word is RequirementState.MISSING]
    size = len(data.posture)
    figures = (
        Figure(
            "Nonconformities that ask for a change of the AIMS",
            len(named),
            "nonconformities",
            len(data.rows("nonconformity")),
        ),
        Figure("Measured and attested disagree", len(apart), "requirements", of=size),
        Figure("Without any evidence", len(bare), "requirements", of=size),
    )
    items = [_item(row) for row in rows] + [_item(row, row["aims_change"]) for row in named]
    items += [Item(row.id, f"{row.number} {row.title}", str(row.measured), row.disagreement) for row in apart]
    said = f"{len(items)} things recorded here point at an improvement."
    if not kept:
        said = "This installation keeps no records of opportunities as such. " + said
    return Section("improvement", title, said, bool(rows or named or apart), figures, tuple(items))


SECTIONS: tuple[Callable[[ReviewData], Section], ...] = (
    earlier_actions,
    _changes("issues", "Changes in external and internal issues", "external and internal issues", ("issue",)),
    _changes(
        "interested-parties",
        "Changes in what interested parties need and expect",
        "interested parties and what binds the organization toward them",
        ("interested-party", "obligation"),
    ),
    nonconformities,
    measurements,
    audits,
    objectives,
    improvement,
)
"""In the order of the sub-clause."""


def all_sections(data: ReviewData) -> Iterable[Section]:
    """Every section for the period."""
    return (section(data) for section in SECTIONS)
