"""Data (A.7): without right, quality or origin, or with a bias that nobody deals with."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.assurance import texts
from plumbline.assurance.declaration import Gap, gap, rule
from plumbline.assurance.snapshot import Row, Snapshot
from plumbline.kernel.messages import Ref, Word, say


def in_use(row: Row, world: Snapshot) -> list[Row]:
    """The systems in operation that a record names as its own."""
    return [one for one in world.all(row.systems) if one.reference in world.live_references]


@rule(
    "data-without-right",
    "A.7.3 A.7.2",
    grade="minor",
    over="dataset",
    repair=Word("Write the licence, contract, consent or other basis, with its limits."),
)
def data_without_right(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system in operation uses data, and nothing says by which right or from where."""
    outside = row["source"] in {"bought", "shared", "open", "collected"}
    bare = texts.vague(row.text("rights"), 6)
    if in_use(row, world) and (bare or (outside and not row.text("origin") and not row["supplier"] and bare)):
        yield gap(
            say("predicted.data-without-right", "{dataset} is in use, and nothing says by which right.",
                dataset=Ref(row.reference)),
            row.seen("rights", "source", "origin"),
            *(one.seen("lifecycle") for one in in_use(row, world)[:3]),
            grade="major" if "special" in " ".join(row.many("data_classes")) else "",
        )  # fmt: skip


@rule(
    "data-not-good-enough",
    "A.7.4",
    grade="minor",
    over="dataset",
    repair=Word("Mend the data, or record the risk and the deviation with its end."),
)
def data_not_good_enough(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A system in operation uses data that are not good enough, or whose quality nobody judged."""
    judged = row["quality_verdict"]
    said = judged == "good enough" and texts.vague(row.text("quality_found"), 6)
    if in_use(row, world) and (judged in {"not good enough", "not judged"} or said):
        yield gap(
            say("predicted.data-not-good-enough", "{dataset} is in use, and is not shown to be good enough.",
                dataset=Ref(row.reference)),
            row.seen("quality_wanted", "quality_found", "quality_verdict"),
            *(one.seen("lifecycle") for one in in_use(row, world)[:3]),
        )  # fmt: skip


@rule(
    "data-from-nowhere",
    "A.7.5 A.7.6",
    grade="minor",
    over="dataset",
    repair=Word("Write where the data come from, and what was done to them on the way."),
)
def data_from_nowhere(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Data that a system learned from or is judged by have no provenance, or no account of their
    preparation."""
    matters = {"training", "validation", "test", "retrieval"} & set(row.many("uses"))
    asked = ("lineage", "preparation") if matters - {"retrieval"} else ("lineage",)
    bare = [name for name in asked if texts.vague(row.text(name), 8)]
    if matters and bare:
        yield gap(
            say("predicted.data-from-nowhere", "{dataset} cannot be traced: where from, or how prepared.",
                dataset=Ref(row.reference)),
            row.seen(*bare, "uses"),
        )  # fmt: skip


@rule(
    "data-class-not-on-system",
    "A.4.3 A.7.2",
    grade="minor",
    over="dataset",
    repair=Word("Add the class to the system, and look at its impact assessment."),
)
def data_class_not_on_system(row: Row, world: Snapshot) -> Iterator[Gap]:
    """A dataset holds a class of data that the record of its system does not name."""
    for system in in_use(row, world):
        named = set(system.many("data_classes")) | {"none", "public"}
        # Whoever names personal data has named those under another name too.
        named |= {"pseudonymous"} if "personal" in named else set()
        missing = set(row.many("data_classes")) - named
        if missing and system.many("data_classes"):
            yield gap(
                say("predicted.data-class-not-on-system", "{dataset} holds data of a class that {system} "
                "does not name.",
                    dataset=Ref(row.reference), system=Ref(system.reference)),
                row.seen("data_classes"), system.seen("data_classes"),
            )  # fmt: skip


def _of_bias(risk: Row) -> bool:
    """Whether a risk is about people who are treated worse than others."""
    said = f"{risk.title} {risk.text('description', 'cause')}"
    return risk["family"] == "Fairness" or texts.says_any(
        said, ("bias", "unfair", "discrimin", "group", "fair")
    )


@rule(
    "known-bias-not-a-risk",
    "A.7.4 6.1.2",
    grade="minor",
    over="dataset",
    repair=Word("Record the risk, or the test that shows what the bias does."),
)
def known_bias_not_a_risk(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Data are known to be biased, and no risk and no test of bias of the system is about it."""
    said = texts.folded(row.text("known_bias"))
    for system in (
        in_use(row, world) if not texts.vague(said) and not said.startswith(("no ", "none")) else []
    ):
        risks = [one for one in world.naming(system, "risk") if _of_bias(one)]
        tests = [one for one in world.naming(system, "validation") if one["type"] == "bias"]
        if not risks and not tests:
            yield gap(
                say("predicted.known-bias-not-a-risk", "{dataset} has a known bias, and no risk of "
                "{system} deals with it.",
                    dataset=Ref(row.reference), system=Ref(system.reference)),
                row.seen("known_bias"), system.seen("effect"),
            )  # fmt: skip


@rule(
    "data-review-overdue",
    "A.7.4",
    grade="minor",
    over="dataset component",
    repair=Word("Look at quality and rights again, and write the next day."),
)
def data_review_overdue(row: Row, world: Snapshot) -> Iterator[Gap]:
    """Quality and rights of data were to be looked at again by a day that has passed."""
    due = row.day("next_review")
    if due is not None and due < world.today:
        yield gap(
            say("predicted.data-review-overdue", "{dataset} was to be looked at again by {day}.",
                dataset=Ref(row.reference), day=due),
            row.seen("next_review"),
        )  # fmt: skip
