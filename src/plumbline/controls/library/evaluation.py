"""Checks on evaluation: indicators, and the management review with what was put before it (9.1, 9.3)."""

from __future__ import annotations

import re
from datetime import date

from plumbline.controls.declare import check
from plumbline.controls.library.cases import bare
from plumbline.controls.library.cases import evaluation as cases
from plumbline.controls.library.gaps import Facts, aged, says_too_little
from plumbline.controls.library.population import must_exist, owned
from plumbline.controls.populations import Member, Population, share
from plumbline.controls.verdicts import Evidence, day_of, limit
from plumbline.kernel.messages import Message, Ref, Word, say
from plumbline.kernel.states import Strength

DAYS = {"continuous": 1, "daily": 1, "weekly": 7, "monthly": 31, "quarterly": 92, "yearly": 366}
"""Days from one figure to the next, by cadence."""
LATE = 1.5
"""A figure is late when this many cadences have passed since the last one, as everywhere in the posture."""


def _indicators(evidence: Evidence) -> list[Member]:
    """Approved indicators, but for those that are measured only when something happens."""
    rows = evidence.records["indicator"]
    return [owned(row, system=row["system"] or "") for row in rows if row["cadence"] in DAYS]


@check(
    "iso42001:9.1",
    slug="indicators-current",
    title="Indicators are measured as often as planned",
    finding="Indicators without a current figure",
    over="organization",
    needs=("facts:measured", "records:ai-system"),
    population=Population(
        "indicators",
        Word("indicators that are measured regularly"),
        ("records:indicator",),
        _indicators,
        bare.INDICATOR,
    ),
    share=share("indicator.share", "{have} of {total} indicators have a current figure."),
    strength=Strength.OPERATING,
    cases=cases.INDICATORS_CURRENT,
)
def indicators_current(member: Member, evidence: Evidence) -> Message | None:
    """Every approved indicator has a figure no older than one and a half cadences, by hand or by the product.

    One that the product measures is read where its system has events; a measure that no system sends has no
    figure. Those measured only when something happens are left out.
    """
    row = member.row
    last = last_figure(row, evidence)
    if last is None or last > evidence.today:
        return say("indicator.never", "was never measured")
    if (evidence.today - last).days > LATE * DAYS[row["cadence"]]:
        return say(
            "indicator.late", "was last measured on {day}; planned: {cadence}",
            day=last, cadence=Word(row["cadence"]),
        )  # fmt: skip
    return None


def last_figure(row: Facts, evidence: Evidence) -> date | None:
    """The day of the last figure of an indicator: as written, or when the product measured it."""
    return _measured_here(row, evidence) if row["metric"] else day_of(row["measured_on"])


def _measured_here(indicator: Facts, evidence: Evidence) -> date | None:
    """The last day on which the product measured what an indicator is about."""
    system = indicator["system"]
    # As approved: a draft with the slug of another system would lend it the events of that one.
    slugs = {row["slug"] for row in evidence.records["ai-system"] if row["reference"] == system}
    days = [
        day_of(row["on"])
        for row in evidence.facts["measured"]
        if row["metric"] == indicator["metric"] and (not system or row["system"] in slugs)
    ]
    return max((day for day in days if day is not None), default=None)


def _newest_review(evidence: Evidence) -> Facts:
    """The newest management review that took place and is approved; empty for none."""
    rows = [row for row in evidence.records["management-review"] if row["held_on"]]
    return max(rows, key=lambda row: str(row["held_on"]), default={})


REVIEW = must_exist(
    "management-review", Word("the management review"), ("records:management-review",), _newest_review
)
_ASKED = {
    "earlier-actions": "status of earlier actions",
    "issues": "changes of outside and inside factors",
    "interested-parties": "changes of what interested parties need",
    "nonconformities": "nonconformities and corrective actions",
    "measurements": "results of monitoring and measurement",
    "audits": "results of audits",
    "objectives": "how far the objectives are reached",
    "improvement": "opportunities for improvement",
}
"""What is put before a management review, by the slug of its section in the frozen inputs."""


def _inputs(evidence: Evidence) -> list[Member]:
    """Each input that a management review asks for, with the section of the newest review that gives it."""
    review = _newest_review(evidence)
    frozen = review.get("inputs") or {}
    sections = {section["slug"]: section for section in frozen.get("sections", ())}
    return [
        Member(
            Word(title),
            owner=review.get("owner") or "",
            row={"review": review, "section": sections.get(slug)},
        )
        for slug, title in _ASKED.items()
    ]


@check(
    "iso42001:9.3.2",
    slug="review-inputs",
    title="The inputs of the management review were gathered before it",
    finding="Inputs that were not put before the management review",
    over="organization",
    needs=(),
    population=Population(
        "review-inputs", Word("inputs that a management review asks for"), REVIEW.needs, _inputs
    ),
    share=share("review.inputs-share", "{have} of {total} inputs were put before the management review."),
    strength=Strength.OPERATING,
    cases=cases.REVIEW_INPUTS,
)
def review_inputs(member: Member, evidence: Evidence) -> Message | None:
    """Each input that the standard names was gathered before the newest management review, for its period.

    An input of which this installation keeps no records was not put before anybody, whatever explains it.
    """
    review, section = member.row["review"], member.row["section"]
    if not review:
        return say("review.none-held", "was put before nobody: no management review is approved")
    if section is None:
        return say("review.not-gathered", "was not gathered for {review}", review=Ref(review["reference"]))
    frozen, held = review["inputs"], day_of(review["held_on"])
    gathered = day_of(frozen["gathered"])
    if gathered is None or held is None or gathered > held:
        return say("review.gathered-late", "was gathered after {review}", review=Ref(review["reference"]))
    if frozen["period"] != {"from": review["period_from"], "until": review["period_until"]}:
        return say(
            "review.other-period", "is of another period than {review}", review=Ref(review["reference"])
        )
    return None if section["recorded"] else say("review.not-kept", "is not recorded here")


_DAY = re.compile(r"\d")


@check(
    "iso42001:9.3.1",
    "iso42001:9.3.3",
    slug="management-review",
    title="Management review takes place, with decisions",
    finding="Management review overdue or without decisions",
    over="organization",
    needs=(),
    population=REVIEW,
    share=share("review.share", "{have} of {total} management review took place in time, with decisions."),
    strength=Strength.OPERATING,
    severity="major",
    required=True,
    limits=(limit("management-review", 365, "days", why="top management reviews at least yearly"),),
    cases=cases.MANAGEMENT_REVIEW,
)
def management_review(member: Member, evidence: Evidence) -> Message | None:
    """Top management has reviewed the AIMS within the limit, was present, and decided something.

    The decisions say more than a word, and the actions that follow from them name a day.
    """
    row = member.row
    if not row["reference"]:
        return say("review.none", "did not take place, or nobody has approved it")
    held = day_of(row["held_on"])
    if held is not None and (evidence.today - held).days > evidence.limit("management-review").value:
        return say("review.old", "took place on {day}, and none since", day=held)
    ahead = aged(held, evidence, "management-review")
    if ahead is not None:
        return ahead
    texts = {
        "top_management": Word("top management present"),
        "decisions": Word("decisions"),
        "changes": Word("changes of the AIMS"),
        "actions": Word("actions"),
    }
    silent = says_too_little(row, texts)
    if silent is None and not _DAY.search(row["actions"]):
        return say("review.undated-actions", "has actions without a day")
    return silent
