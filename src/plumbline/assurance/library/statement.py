"""Statement of applicability and treatment (6.1.3, 8.3): decisions against what the records show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.library.context import touches_people
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.assurance.traces import decided, evidence_of, last_day
from plumbline.kernel.messages import Ref, Requirement, Word, listing, say

CONTINUOUS = frozenset({"A.6.2.6", "A.6.2.8"})
"""Controls that leave something behind all the time: operation is monitored, and events are logged."""
YEARLY = frozenset({"A.2.4", "A.4.6", "A.5.2", "A.9.2"})
"""Controls that are done again each year; of the others an old record is as good as a new one."""
QUIET_DAYS, STALE_DAYS = 60, 400


@rule(
    "implemented-without-a-record",
    "6.1.3 8.1",
    grade="minor",
    over="applicability",
    repair=Word("Link the record that shows the control at work, or say that it is in progress."),
)
def implemented_without_record(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The statement calls a control implemented, and no record shows it at work, or none for long."""
    control = row["requirement"] or ""
    if row["applicable"] != "yes" or row["implementation"] != "implemented" or not control:
        return
    own = [*world.all(row.many("documents")), *world.all(row.links)]
    shown = [*evidence_of(control, world), *own]
    if not shown and not row.files:
        yield gap(
            say(
                "predicted.implemented-without-a-record",
                "{row} calls {control} implemented, and no record shows it at work.",
                row=Ref(row.reference), control=Requirement(control),
            ),
            row.seen("implementation", "how", "documents"),
        )  # fmt: skip
        return
    number = control.partition(":")[2]
    if number not in CONTINUOUS | YEARLY:
        return
    newest = max(shown, key=lambda one: last_day(one, world), default=row)
    last, quiet = last_day(newest, world), QUIET_DAYS if number in CONTINUOUS else STALE_DAYS
    if date.min < last < world.ago(quiet):
        yield gap(
            say(
                "predicted.implemented-but-quiet",
                "{row} calls {control} implemented, and the last record of it is of {day}.",
                row=Ref(row.reference), control=Requirement(control), day=last,
            ),
            row.seen("implementation", "how"),
            newest.seen("title"),
        )  # fmt: skip


@rule(
    "implemented-in-the-future",
    "6.1.3",
    grade="minor",
    over="applicability",
    repair=Word("Say that it is in progress, with the treatment and day by which it works."),
)
def implemented_in_the_future(row: Row, world: Snapshot) -> Iterator[Gap]:
    """The statement calls a control implemented, and its own words say that this is still to come."""
    if row["implementation"] == "implemented" and texts.ahead(row.text("how")):
        yield gap(
            say(
                "predicted.implemented-in-the-future",
                "{row} says that the control is implemented, and describes what is still to come.",
                row=Ref(row.reference),
            ),
            row.seen("implementation", "how"),
        )


@rule(
    "implemented-and-not-described",
    "6.1.3",
    grade="minor",
    over="applicability",
    repair=Word("Write by which process, tool and people the control is carried out."),
)
def implemented_not_described(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A control is called implemented, and nothing says how it is carried out."""
    if row["applicable"] == "yes" and row["implementation"] == "implemented" and texts.vague(row.text("how")):
        yield gap(
            say(
                "predicted.implemented-and-not-described",
                "{row} calls the control implemented without saying how it is carried out.",
                row=Ref(row.reference),
            ),
            row.seen("implementation", "how"),
        )


@rule(
    "excluded-without-reason",
    "6.1.3",
    grade="minor",
    over="applicability",
    repair=Word("Write why neither the risks nor anybody outside call for the control."),
)
def excluded_without_reason(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A control is left out without a reason that somebody else could follow."""
    if row["applicable"] == "no" and texts.vague(row.text("exclusion_reason"), 20):
        yield gap(
            say(
                "predicted.excluded-without-reason",
                "{row} leaves a control out without a reason.",
                row=Ref(row.reference),
            ),
            row.seen("requirement", "exclusion_reason"),
        )


def _speaking_against(control: str, world: Snapshot) -> list[Row]:
    """Records that a control, left out, would be needed for."""
    live = list(world.live)
    group, number = control.rpartition(".")[0], control
    if group == "A.10":
        offered = [one for one in live if "provider" in one.many("roles")]
        return offered if number == "A.10.4" else list(world.of("supplier"))
    if group == "A.7":
        return list(world.of("dataset"))
    if group == "A.5":
        return [one for one in live if touches_people(one)]
    if group == "A.9":
        return live
    if number == "A.4.5":
        return [one for one in world.of("component") if one["type"] == "computing"]
    if number == "A.4.3":
        return list(world.of("dataset"))
    if group == "A.4":
        return live
    if number in {"A.8.4"}:
        return list(world.of("incident")) or live
    if number == "A.8.5":
        return [one for one in live if "high-risk" in one.text("eu_class") or one["eu_role"] == "provider"]
    if number == "A.8.2":
        return [one for one in live if touches_people(one)]
    if number == "A.3.3":
        return list(world.of("concern")) or live
    if number in {"A.6.2.6", "A.6.2.8"}:
        return live
    if group in {"A.6.1", "A.6.2"}:
        return [one for one in live if one["sourcing"] in {"own", "contracted", "mixed"}]
    return live if group in {"A.2", "A.3"} else []


@rule(
    "excluded-but-needed",
    "6.1.3",
    grade="major",
    over="applicability",
    repair=Word("Take the control in; what the records show cannot go on without it."),
)
def excluded_but_needed(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A control is left out, and the register holds what it is for."""
    control = (row["requirement"] or "").partition(":")[2]
    against = _speaking_against(control, world) if row["applicable"] == "no" and control else []
    if against:
        yield gap(
            say(
                "predicted.excluded-but-needed",
                "{row} leaves out {control}, and {record} needs it.",
                row=Ref(row.reference), record=Ref(against[0].reference),
                control=Requirement(row["requirement"]),
            ),
            row.seen("requirement", "exclusion_reason"),
            *(one.seen("title", "lifecycle") for one in against[:5]),
        )  # fmt: skip


@rule(
    "control-not-decided",
    "6.1.3",
    grade="major",
    repair=Word("Decide on each control that is missing; the page of the statement lists them."),
)
def control_notdecided(world: Snapshot) -> Iterator[Gap]:
    """The statement says nothing at all of some controls of Annex A."""
    missing = sorted(set(world.controls) - decided(world).keys())
    if missing and world.of("ai-system"):
        yield gap(
            say(
                "predicted.control-not-decided",
                "The statement does not decide on {controls}.",
                controls=listing(Requirement(name) for name in missing),
            ),
            *(row.seen("requirement") for row in world.of("applicability")[:1]),
            grade="major" if len(missing) > 3 else "minor",
        )


@rule(
    "control-decided-twice",
    "6.1.3",
    grade="minor",
    repair=Word("Keep one decision for the control and retire the other."),
)
def control_decided_twice(world: Snapshot) -> Iterator[Gap]:
    """Two rows of the statement decide on one control, and differently."""
    first: dict[str, Row] = {}
    for row in world.of("applicability"):
        before = first.setdefault(row["requirement"] or row.reference, row)
        if before is not row and (before["applicable"], before["implementation"]) != (
            row["applicable"], row["implementation"]
        ):  # fmt: skip
            yield gap(
                say(
                    "predicted.control-decided-twice",
                    "{one} and {other} decide differently on one control.",
                    one=Ref(before.reference), other=Ref(row.reference),
                ),
                before.seen("requirement", "applicable", "implementation"),
                row.seen("requirement", "applicable", "implementation"),
            )  # fmt: skip


@rule(
    "needed-for-no-risk",
    "6.1.3",
    grade="minor",
    over="applicability",
    repair=Word("Name the risk on the row, or the control on the treatment of it."),
)
def needed_for_no_risk(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A control is said to be needed to treat risks, and no risk and no treatment leads to it."""
    control = row["requirement"]
    if row["applicable"] != "yes" or "risk treatment" not in row.many("reasons") or row.many("risks"):
        return
    if not any(control in one.many("controls") for one in world.of("treatment")):
        yield gap(
            say(
                "predicted.needed-for-no-risk",
                "{row} needs the control to treat risks, and no risk or treatment names it.",
                row=Ref(row.reference),
            ),
            row.seen("reasons", "justification", "risks"),
        )


@rule(
    "attested-before-it-works",
    "6.1.3 9.1",
    grade="minor",
    over="attestation",
    repair=Word("Correct whichever is wrong: what the statement says, or what was vouched for."),
)
def attested_before_it_works(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody vouches that a control is effective which the statement leaves out or calls unfinished."""
    decision = decided(world).get(row["requirement"])
    if decision is None or row["verdict"] != "Effective":
        return
    if decision["applicable"] == "no" or decision["implementation"] == "not started":
        yield gap(
            say(
                "predicted.attested-before-it-works",
                "{attestation} calls a control effective that {decision} does not call implemented.",
                attestation=Ref(row.reference), decision=Ref(decision.reference),
            ),
            row.seen("requirement", "verdict", "statement"),
            decision.seen("applicable", "implementation"),
        )  # fmt: skip


@rule(
    "attested-despite-nonconformity",
    "9.1 10.2",
    grade="minor",
    over="attestation",
    repair=Word("Judge anew with the nonconformity before you, or say why it does not change the judgement."),
)
def attested_despite_nonconformity(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Somebody vouches for a requirement for a period in which a nonconformity about it was open."""
    start, end = row.day("period_from"), row.day("period_until")
    for one in world.of("nonconformity"):
        seen = one.day("detected_on")
        if (
            row["verdict"] != "Effective"
            or row["requirement"] not in one.many("requirements")
            or seen is None
        ):
            continue
        if (
            one["system"] == row["system"]
            and start
            and end
            and start <= seen <= end
            and one.state != "closed"
        ):
            yield gap(
                say(
                    "predicted.attested-despite-nonconformity",
                    "{attestation} vouches for a period in which {nonconformity} was open.",
                    attestation=Ref(row.reference), nonconformity=Ref(one.reference),
                ),
                row.seen("requirement", "period_from", "period_until"),
                one.seen("requirements", "detected_on"),
            )  # fmt: skip
