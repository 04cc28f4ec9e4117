"""Risks (6.1.2, 8.2): generic, never assessed, or older than the release that is live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, listing, say

AI_WORDS = (
    "model", "data", "drift", "bias", "train", "label", "prompt", "hallucin", "output", "score", "algorithm",
    "automat", "proposal", "provenance", "vendor", "supplier", "third", "api", "overrid", "oversight",
    "review", "accura", "predict", "classif", "rank", "ai", "agent", "tool", "learn", "feature", "input",
    "threshold", "group", "unfair", "discrimin", "generat", "retriev", "embedding", "version", "release",
    "poison", "inject", "leak", "explain", "decision", "proxy", "feedback", "statistic", "system",
)  # fmt: skip
"""Beginnings of words by which a cause is one of AI, and not of any computer."""


def repeated(rows: list[Row], *fields: str) -> Iterator[list[Row]]:
    """Records of at least two systems that say the same word by word in these fields."""
    by_text: dict[str, list[Row]] = {}
    for row in rows:
        said = texts.folded(row.text(*fields))
        if len(said) >= 15:
            by_text.setdefault(said, []).append(row)
    for alike in by_text.values():
        if len({row.systems for row in alike}) >= 2:
            yield alike


@rule(
    "risks-word-by-word",
    "6.1.2 8.2",
    grade="minor",
    repair=Word("Write for each system what may go wrong with it, and by what."),
)
def risks_word_by_word(world: Snapshot) -> Iterator[Gap]:
    """Risks of different systems are described or explained in the very same words."""
    told: set[str] = set()
    for fields in (("description",), ("cause",)):
        for alike in repeated(list(world.of("risk")), *fields):
            new = [row for row in alike if row.reference not in told]
            if new:
                told |= {row.reference for row in alike}
                yield gap(
                    say("predicted.risks-word-by-word", "{risks} say the same of different systems.",
                        risks=listing(Ref(row.reference) for row in alike)),
                    *(row.seen(*fields, "system") for row in alike),
                    grade="major" if len(alike) >= 10 else "",
                )  # fmt: skip


@rule(
    "risk-without-ai-cause",
    "6.1.2",
    grade="minor",
    over="risk",
    repair=Word("Name the cause that lies in model, data, people or supplier of this system."),
)
def risk_without_ai_cause(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The risk of an AI system names no cause, or one that any computer has."""
    if not row.systems and row["family"] in {"", None, "Governance"}:
        return
    cause = row.text("cause")
    said = f"{cause} {row.text('description')} {row.title}"
    # Whoever named a risk source of C.3 has said where in the AI it comes from.
    if texts.vague(cause, 8) or not (row["source"] or texts.says_any(said, AI_WORDS)):
        yield gap(
            say("predicted.risk-without-ai-cause", "{risk} names no cause that lies in the AI.",
                risk=Ref(row.reference)),
            row.seen("description", "cause"),
        )  # fmt: skip


@rule(
    "risk-older-than-release",
    "8.2 6.1.2",
    grade="minor",
    repair=Word("Assess the risks of the system again, and name the release."),
)
def risk_older_than_release(world: Snapshot) -> Iterator[Gap]:
    """The risks of a system were last assessed before the release that is live."""
    for system in world.live:
        released, risks = released_on(system, world), world.naming(system, "risk")
        days = [day for one in risks if (day := one.day("assessed_on")) is not None]
        days += [day for one in world.of("risk-assessment") if (day := one.day("assessed_on"))
                 and set(one.many("risks")) & {risk.reference for risk in risks}]  # fmt: skip
        if released is not None and days and max(days) < released:
            yield gap(
                say("predicted.risk-older-than-release",
                    "{system} was released on {released}, and its risks were last assessed on {day}.",
                    system=Ref(system.reference), released=released, day=max(days)),
                system.seen("version", "released_on"),
                *(one.seen("assessed_on") for one in risks),
            )  # fmt: skip


def released_on(system: Row, world: Snapshot) -> date | None:
    """The day on which the release that is live went live, as far as it is known."""
    days = [system.day("released_on")]
    for one in world.naming(system, "deployment"):
        if one.state == "live" and one["system"] == system.reference:
            days.append(one.on("go-live"))
    return max((day for day in days if day is not None and day <= world.today), default=None)


@rule(
    "live-without-risks",
    "6.1.2 8.2",
    grade="major",
    repair=Word("Assess the risks of the system; the library of risks is a beginning."),
)
def live_without_risks(world: Snapshot) -> Iterator[Gap]:
    """A system is in operation, and no risk of it stands in the register."""
    for system in world.live:
        if not [one for one in world.every("risk") if one["system"] == system.reference]:
            yield gap(
                say("predicted.live-without-risks", "{system} is in operation without a risk in the "
                "register.",
                    system=Ref(system.reference)),
                system.seen("lifecycle", "effect"),
                grade="major" if touches_people(system) else "minor",
            )  # fmt: skip


@rule(
    "risk-never-assessed",
    "6.1.2",
    grade="minor",
    over="risk",
    repair=Word("Assess it: likelihood, harms, the day, and why these figures."),
)
def risk_never_assessed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk of a system in operation has no figures or no day of assessment."""
    if (not row.systems or world.live_references.intersection(row.systems)) and (
        row["likelihood"] is None or row.day("assessed_on") is None
    ):
        yield gap(
            say("predicted.risk-never-assessed", "{risk} stands in the register and was not assessed.",
                risk=Ref(row.reference)),
            row.seen("likelihood", "assessed_on", "state"),
        )  # fmt: skip


@rule(
    "risk-review-overdue",
    "8.2",
    grade="minor",
    over="risk risk-criteria risk-assessment treatment-plan",
    repair=Word("Look at it again, and write the day of the next review."),
)
def risk_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk, its criteria or its plan was to be looked at again by a day that has passed."""
    due, assessed = row.day("next_review"), row.day("assessed_on") or date.min
    if row.kind == "risk-assessment" and any(
        set(one.many("risks")) >= set(row.many("risks")) and (one.day("assessed_on") or date.min) > assessed
        for one in world.of("risk-assessment")
    ):
        return
    if due is not None and due < world.today:
        yield gap(
            say("predicted.risk-review-overdue", "{record} was to be looked at again by {day}.",
                record=Ref(row.reference), day=due),
            row.seen("next_review"),
        )  # fmt: skip


@rule(
    "accepted-without-reason",
    "6.1.3",
    grade="minor",
    over="risk",
    repair=Word("Write on which terms it is accepted, or treat it."),
)
def accepted_without_reason(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A risk with a high figure is retained or accepted, and neither terms nor reasons say why."""
    harms = [row[name] for name in ("residual_harm_to_individuals", "residual_harm_to_society",
                                    "residual_harm_to_organization", "harm_to_individuals")]  # fmt: skip
    highest = max((harm for harm in harms[:3] if harm), default=harms[3] or 0)
    likely = row["residual_likelihood"] or row["likelihood"] or 0
    taken = row.state == "accepted" or row["response"] == "retain"
    if taken and highest * likely >= 12 and texts.vague(row.text("acceptance_terms")):
        yield gap(
            say("predicted.accepted-without-reason", "{risk} is high and accepted without terms.",
                risk=Ref(row.reference)),
            row.seen("response", "residual_likelihood", "residual_harm_to_individuals", "acceptance_terms"),
        )  # fmt: skip
