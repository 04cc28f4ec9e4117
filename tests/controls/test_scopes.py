"""Every field by which a population knows its members is one whose change has a reason and an end, or ends in
another way that is said here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from plumbline.controls import easings, registry
from plumbline.controls.cases import Case, Sample
from plumbline.controls.library.cases import samples
from plumbline.controls.verdicts import Verdict, name_text
from plumbline.kernel.states import MemberState
from plumbline.records import kinds

OF_EVERY_KIND = {"reference", "owner", "state", "recorded", "approved_at"}
"""Who and what a record is, and how far it is: taken out of force by two people, whatever the kind."""
ENDS_OTHERWISE = {
    "applicability": "an exclusion ends with the next review of its row, and is back-tested",
    "deviation": "a departure ends on its day",
    "management-review": "what took place is not described anew, and counts for a limited time",
    "document-review": "what took place is not described anew, and counts for a limited time",
    "nonconformity": "what was found stays as it was found",
    "policy": "a policy of another type is none that is asked for",
    "communication": "a side without a row in force is missing itself",
    "obligation": "looked at yearly, and a live system that touches people is a member without any duty",
    "interested-party": "looked at yearly; a system that is supplied to others is a member itself",
    "change": "a draft begins on its day and is missed from then on; what was reviewed leaves a year later",
    "incident": "what was confirmed stays as it was found",
    "concern": "what came in stays as it came in",
    "training": "of what was held, days move only to earlier ones",
    "opportunity": "what is evaluated is approved by two people, and shown for a limited time",
    "action": "a draft is missed from its day on; what was reviewed is shown for a limited time",
    "audit": "its day moves only within its programme; what was held counts for a limited time",
    "audit-finding": "what was reported stays, grade and all",
    "audit-programme": "one of another time is none, and everything is then in no programme",
    "risk": "an acceptance ends on its day, and a live system without a risk is missing",
}
"""Kinds whose fields populations read, each with what ends what they leave out."""
FIELDS_END_OTHERWISE = {("objective", "outcome"): "is written once, with a day and what was found"}
"""The same of single fields of a kind that has a scope."""


class Row(dict[str, Any]):
    """A row that keeps which of its fields were read."""

    def __init__(self, row: Mapping[str, Any], read: set[str]) -> None:
        super().__init__(row)
        self.read = read

    def __getitem__(self, name: str) -> Any:
        """The field, which is then known to have been read."""
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """As `__getitem__`."""
        self.read.add(name)
        return super().get(name, default)


def fields_read() -> dict[str, set[str]]:
    """By kind, the fields that the populations of the registered checks read in their own cases."""
    read: dict[str, set[str]] = defaultdict(set)

    def watched(of_kinds: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, tuple[Row, ...]]:
        return {kind: tuple(Row(row, read[kind]) for row in rows) for kind, rows in of_kinds.items()}

    for check in registry.all_checks():
        assert check.population is not None
        for case in check.cases:
            given = case.evidence((*check.needs, *check.population.needs), check.window, check.limits)
            seen = replace(given, records=watched(given.records), claims=watched(given.claims))
            list(check.population.members(seen))
    return read


def test_no_field_takes_something_out_of_a_population_without_an_end() -> None:
    """A new check whose population goes by another field of a dataset, say, needs that field in its scope."""
    read, own = fields_read(), {kind.slug: set(kind.own_fields) for kind in kinds.all_kinds()}
    assert {"supplier", "systems", "uses"} <= read["dataset"], "the trial sees what populations read"
    open_ended = {
        (kind, name)
        for kind, names in read.items()
        for name in names.intersection(own[kind]) - OF_EVERY_KIND - set(kinds.get(kind).scope)
        if kind != easings.KIND and kind not in ENDS_OTHERWISE
    }
    assert open_ended == FIELDS_END_OTHERWISE.keys(), (
        "add them to the scope of the kind (clauses.easing), or say what ends them"
    )


def test_a_kind_with_a_scope_has_the_fields_of_an_easing() -> None:
    """Otherwise the gate has nowhere to write what it found, and nobody could say why and until when."""
    asked = {"change_reason", "accepted_until", "back_test", "eases", "eased_since"}
    for slug in easings.kinds_that_ease():
        kind = kinds.get(slug)
        assert asked <= set(kind.own_fields)
        assert set(kind.scope) <= set(kind.own_fields)
        assert slug not in ENDS_OTHERWISE


WHY = "The delivery has ended."
UNSUITABLE = samples.supplier(diligence="not suitable")


def judged(check: str, until: str, *world: Sample, **fields: Any) -> Verdict:
    """What a check says on 3 March 2026 of a dataset that two people made easier for it until a day; it had
    ``fields`` before."""
    row = samples.dataset(eases=check, accepted_until=until, change_reason=WHY, owner="stig", supplier=None)
    before = easings.put_back("dataset", row.value, {**row.value, **fields})
    row = replace(row, value={**row.value, easings.BEFORE: before})
    declared = registry.by_slug()[check]
    case = Case("fails", "", (samples.system(), row, *world))
    return declared.judge(case.evidence(declared.needs, declared.window, declared.limits))


def test_what_an_easing_takes_is_named_until_its_day() -> None:
    """The supplier that nobody asks about any more is left out with the reason, and counted nowhere."""
    verdict = judged("suppliers-assessed", "2026-03-03", UNSUITABLE, supplier="SUP-1")
    (member,) = [one for one in verdict.members if name_text(one.name) == "SUP-1"]
    assert member.state is MemberState.EXCLUDED
    assert WHY in str(member.message)
    assert verdict.outcome == "nothing"


def test_a_lapsed_easing_counts_no_longer() -> None:
    """The day after, the record that made it easier is missing, with its owner and every system behind it."""
    verdict = judged("suppliers-assessed", "2026-03-02", UNSUITABLE, supplier="SUP-1")
    (member,) = [one for one in verdict.members if one.state is MemberState.MISSING]
    assert (name_text(member.name), member.owner, member.systems) == ("DST-1", "stig", ("SYS-0001",))
    assert "not confirmed since" in str(member.message)
    assert verdict.outcome == "fails"
    gone = judged("data-quality", "2026-03-02", systems=["SYS-0001", "SYS-0009"])
    (named,) = [one for one in gone.members if one.state is MemberState.MISSING]
    assert named.systems == ("SYS-0001", "SYS-0009"), "those too that it stood behind before"


def test_an_easing_that_hides_nothing_leaves_nobody_out() -> None:
    """What was mended in the meantime is not held against the record by what it said before."""
    verdict = judged("data-quality", "2026-03-03", systems=["SYS-0001"], quality_verdict="not good enough")
    assert verdict.outcome == "passes"
    assert not verdict.excluded
