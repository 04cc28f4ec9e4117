"""The check on what is monitored and measured as planned, and evaluated by whom that was planned (9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import monitoring as cases
from plumbline.controls.library.evaluation import DAYS, LATE, last_figure
from plumbline.controls.library.gaps import LONGEST_INTERVALS, Facts, any_current
from plumbline.controls.library.population import not_current, recorded
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import ORGANIZATION, Evidence, day_of
from plumbline.kernel.listed import names_in
from plumbline.kernel.messages import Message, Name, Ref, Word, listing, say
from plumbline.kernel.states import Strength


def _plans(evidence: Evidence) -> list[Member]:
    """That something is planned at all, and each plan that is recorded."""
    return [Member(Word("monitoring plan"), row={"reference": ""}), *recorded(evidence, "monitoring-plan")]


@check(
    "iso42001:9.1",
    slug="monitoring-kept",
    title="What was planned to be monitored is measured and evaluated in time",
    finding="Monitoring plans that are not kept",
    over="organization",
    needs=(
        *("records:indicator", "records:ai-system", "facts:measured", "facts:judged", "facts:people"),
        LONGEST_INTERVALS,
    ),
    population=Population(
        "monitoring-plans",
        Word("monitoring plans, of which there has to be one"),
        ("claims:monitoring-plan", "records:monitoring-plan"),
        _plans,
        bare.MONITORING_PLAN,
    ),
    share=share("plan.kept-share", "{have} of {total} monitoring plans are there and kept."),
    strength=Strength.OPERATING,
    cases=cases.MONITORING_KEPT,
)
def monitoring_kept(member: Member, evidence: Evidence) -> Message | None:
    """There is an approved monitoring plan, and each one is looked at again in time and kept.

    Within one and a half of its intervals there are results of every check, indicator and objective that it
    names, and of what is taken by hand; and within one and a half intervals of evaluation, by somebody who is
    here. A check is judged for each system that the plan names; where it names none, for any.
    """
    if not member.row["reference"]:
        return any_current(evidence.records["monitoring-plan"], evidence, "monitoring-plan")
    texts = {"purpose": Word("what it is to tell"), "methods": Word("its methods")}
    row = not_current(member, evidence, "monitoring-plan", texts)
    if isinstance(row, Message):
        return row
    if row["evaluator"] not in {one["handle"] for one in evidence.facts["people"] if one["active"]}:
        return say("plan.no-evaluator", "has nobody here who evaluates the results")
    absent = [name for name, last in _results(row, evidence) if _late(last, row["cadence"], evidence)]
    if absent:
        return say(
            "plan.no-results", "has no results within its interval ({cadence}) of {names}",
            cadence=Word(row["cadence"]), names=listing(absent, conjunction="and"),
        )  # fmt: skip
    return _unevaluated(row, evidence)


def _late(last: date | None, cadence: str, evidence: Evidence) -> bool:
    """Whether nothing was done within one and a half cadences; what is still to come was not done."""
    return last is None or last > evidence.today or (evidence.today - last).days > LATE * DAYS[cadence]


def _results(row: Facts, evidence: Evidence) -> list[tuple[Name, date | None]]:
    """What a plan names, each with the last day of its results; None for no result at all."""
    found: list[tuple[Name, date | None]] = []
    for name in names_in(row["checks"]):
        found.append((name, _judged(name, row["systems"], evidence)))
    indicators = {one["reference"]: one for one in evidence.records["indicator"]}
    for reference in row["indicators"]:
        found.append((Ref(reference), _measured(indicators.get(reference), evidence)))
    for reference in row["objectives"]:
        behind = (one for one in indicators.values() if one["objective"] == reference)
        days = [day for day in (_measured(one, evidence) for one in behind) if day is not None]
        found.append((Ref(reference), max(days, default=None)))
    if row["measured_on"] or not found:
        found.append((Word("what is taken by hand"), day_of(row["measured_on"])))
    return found


def _judged(name: str, systems: Sequence[str], evidence: Evidence) -> date | None:
    """The last day by which a check has judged every one of ``systems``, or anything where there are none."""
    rows = [row for row in evidence.facts["judged"] if row["check"] == name]
    days = {row["subject"]: day_of(row["on"]) for row in rows}
    if not systems or ORGANIZATION in days:
        return max((day for day in days.values() if day is not None), default=None)
    slugs = {row["reference"]: row["slug"] for row in evidence.records["ai-system"]}
    of_each = [days.get(slugs.get(reference, "")) for reference in systems]
    known = [day for day in of_each if day is not None]
    return min(known) if len(known) == len(of_each) else None


def _measured(indicator: Facts | None, evidence: Evidence) -> date | None:
    """The day of the last figure of an indicator in force; None for one that is not."""
    return last_figure(indicator, evidence) if indicator is not None else None


def _unevaluated(row: Facts, evidence: Evidence) -> Message | None:
    """That nobody has said in time what the results mean; a plan has until its first evaluation is due."""
    last = day_of(row["evaluated_on"])
    if not _late(last or day_of(row["created"]), row["evaluated"], evidence):
        return None
    if last is None:
        return say("plan.never-evaluated", "was never evaluated")
    return say("plan.evaluated-late", "was last evaluated on {day}; planned: {cadence}",
               day=last, cadence=Word(row["evaluated"]))  # fmt: skip
