"""Every kind, with every field filled, out of one installation and into an empty one: no difference."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models
from tests import databases
from tests.records.conftest import Actor

from plumbline.identity import commands as people
from plumbline.identity.actors import actor_of_person
from plumbline.imports import commands, plan
from plumbline.imports.together import archive
from plumbline.imports.together import commands as together
from plumbline.kernel.problems import Malformed
from plumbline.records import commands as door
from plumbline.records import csv_export, examples, forms, kinds, read_log, typed_export
from plumbline.records.kinds import Kind
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

AWKWARD = "=1+1; 'quoted', ünïcode\n\nSecond paragraph: 50 % \"certain\" — 漢字"
"""A formula, separators, quotes, two paragraphs and other scripts."""
NOT_EQUAL = ("reference", "state", "revision")
"""Given or decided by each installation for itself: numbers, and what people have approved there."""


@pytest.fixture
def empty(tmp_path: Path, settings: Any, transactional_db: None) -> Callable[[], Actor]:
    """What makes the database that of another installation, in which there is nobody but one AIMS manager."""
    back = databases.restorer(connection)

    def begin() -> Actor:
        from plumbline.trail import keys

        back()
        data = tmp_path / "second"
        settings.PLUMBLINE = replace(settings.PLUMBLINE, data=data, guard=str(data / "guard" / "g.json"))
        keys.init(data, settings.PLUMBLINE.guard_file, "plumbline.test/second/1")
        operator = Actor.installation()
        person = people.create_person(operator, email="mina@halden.example", full_name="Mina")
        people.give_grant(operator, person, "aims-manager")
        return actor_of_person(person)

    return begin


def filled(kind: Kind, actor: Actor, reference_of: Callable[[str], str], unit: str) -> dict[str, Any]:
    """The values of the example of ``kind``, and one for every other field that takes one beside them."""
    values = examples.values_of(kind, reference_of, {"owner": actor.id, "unit": unit})
    for name, field in forms.form_class(kind).base_fields.items():
        if values.get(name) in (None, "", []):
            for value in _offered(actor, kind, name, field, reference_of):
                if not forms.clean(kind, actor, {**values, name: value})[1]:
                    values[name] = value
                    break
    return values


def _offered(
    actor: Actor, kind: Kind, name: str, field: Any, reference_of: Callable[[str], str]
) -> Iterator[Any]:
    column = kind.field(name)
    if name in ("owner", "person"):
        yield actor.id
    elif column.is_relation:
        if column.related_model is not kind.model and column.related_model in {
            k.model for k in kinds.all_kinds()
        }:
            other = reference_of(kinds.of_model(column.related_model).slug)
            yield [other] if column.many_to_many else other
    elif pairs := [value for value, _ in getattr(field, "choices", ()) if value not in ("", None)]:
        yield from (pairs[:2], *reversed(pairs))
    elif isinstance(column, models.DateField):
        yield from (date(2026, 3, 3) + timedelta(days=days) for days in (90, 400, -30, 0, -900, -600))
    elif isinstance(column, models.IntegerField | models.DecimalField):
        yield from (Decimal("3"), Decimal("0.25"))
    elif isinstance(column, models.BooleanField):
        yield True
    else:
        yield from (AWKWARD, "https://example.org/a?b=1&c=2", "Plain words", "0f" * 32, "everybody")


def _files(actor: Actor, ending: str) -> dict[str, bytes]:
    """What the list of each kind is as a file, for the kinds that have records."""
    made = {}
    with read_log.logged():
        for kind in kinds.all_kinds():
            rows = list(csv_export.rows(actor, kind))
            if not rows:
                continue
            if ending == "csv":
                made[kind.slug] = "".join(csv_export.csv_file(rows, csv_export.header(kind))).encode()
            elif ending == "json":
                made[kind.slug] = "".join(typed_export.json_text(actor, kind)).encode()
            else:
                made[kind.slug] = b"".join(typed_export.xlsx(actor, kind))
    return made


def _contents(actor: Actor) -> dict[str, dict[str, dict[str, str]]]:
    """Kind → key → the columns that have to be equal, as the list has them."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    with read_log.logged():
        for kind in kinds.all_kinds():
            names = csv_export.header(kind)
            own = {
                name
                for name in names
                if name not in NOT_EQUAL and name in ("key", "linked_to", *kind.field_names)
            }
            for row in csv_export.rows(actor, kind):
                cells = dict(zip(names, row, strict=True))
                found.setdefault(kind.slug, {})[cells["key"]] = {name: cells[name] for name in sorted(own)}
    return found


@pytest.fixture
def everything(mina: Actor) -> dict[str, set[str]]:
    """A filled record of each kind and one that refers to it where it can; the fields that stayed empty."""
    made: dict[str, str] = {}
    unit = people.create_unit(mina, name="Claims").slug
    empty: dict[str, set[str]] = {}

    def reference_of(slug: str) -> str:
        if slug not in made:
            kind = kinds.get(slug)
            values = filled(kind, mina, reference_of, unit)
            made[slug] = door.create(mina, slug, values).reference
            empty[slug] = {n for n in forms.form_class(kind).base_fields if values.get(n) in (None, "", [])}
        return made[slug]

    for kind in kinds.all_kinds():
        reference_of(kind.slug)
    limits = dict.fromkeys(
        ("amount_limits", "data_limits", "waits_for", "stop_how"), "Ten a day, and no more."
    )
    agent = {"title": "Agent", "type": "agent", "tools": [made["component"]], "stopped_by": mina.id}
    door.create(mina, "component", {**agent, **limits})
    first = made["policy"]
    second = door.create(
        mina, "policy", {**kinds.get("policy").example, "title": "Another", "related": [first]}
    )
    revision = door.amend(mina, first, {"related": [second.reference]}, revision=1).revision
    assert revision == 2
    programme = kinds.get("audit-programme").example
    earlier = {"title": "The next programme", "earlier_programmes": [made["audit-programme"]]}
    door.create(mina, "audit-programme", {**programme, **earlier})
    told = {"title": "Told to Mina", "programme": made["audit-programme"], "reported_to": mina.id}
    door.create(mina, "audit", {**kinds.get("audit").example, **told})
    plan = {"title": "Evaluated", "evaluator": mina.id, "systems": [], "indicators": [], "objectives": []}
    seen = {"evaluated_on": "2026-03-01", "evaluation": "Letters are read alike in both languages."}
    door.create(mina, "monitoring-plan", {**kinds.get("monitoring-plan").example, **plan, **seen})
    sources = {
        "review": ("management review", made["management-review"]),
        "decision": ("committee", made["committee-decision"]),
        "finding": ("audit", made["audit-finding"]),
        "concern": ("concern", made["concern"]),
        "source": ("other", "Sara had the idea in the weekly meeting."),
    }
    for field, (origin, value) in sources.items():
        come = {"title": f"From {origin}", "origin": origin, "indicator": None, field: value}
        door.create(mina, "action", {**kinds.get("action").example, **come})
    door.create(mina, "authority", {**kinds.get("authority").example, "position": "", "person": mina.id})
    for one, other in (("risk", "treatment"), ("treatment", "risk"), ("risk", "ai-system")):
        door.link(mina, made[one], "explains", made[other])
    door.link(mina, first, "replaces", second.reference)
    door.link(mina, second.reference, "is replaced by", first)
    return empty


def test_the_example_and_the_declaration_fill_every_field(everything: dict[str, set[str]]) -> None:
    """What stays empty excludes what is filled, or is filled by a second record (`everything`)."""
    assert {slug: names for slug, names in everything.items() if names} == {
        "policy": {"related"},
        "ai-system": {"retired_on"},
        "authority": {"person"},
        "concern": {"decision"},
        "component": {"tools", "amount_limits", "data_limits", "waits_for", "stopped_by", "stop_how"},
        "information-notice": {"incident", "change", "release", "planned_change"},
        "document-review": {"document"},
        "release": {"previous"},
        "deployment": {"back_to"},
        "validation": {"results"},
        "qualification": {"person"},
        "training": {"person", "trainer", "evaluator"},
        "applicability": {"exclusion_reason", "own_control"},
        "deviation": {"document"},
        "audit-programme": {"earlier_programmes"},
        # its team is of auditors, of whom `test_everything_goes_out_and_comes_in_together` has one
        "audit": {"lead", "auditor", "second_auditor", "checklist", "reported_to"},
        # each comes from one source, and the plan is evaluated by a person
        "action": {"review", "decision", "finding", "concern", "source"},
        "monitoring-plan": {"evaluator", "evaluated_on", "evaluation"},
        # who asks and who answers are people; an external audit is one that has no audit here
        "audit-request": {"asked_by", "asked_of", "occasion"},
    }


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json"])
def test_every_kind_comes_into_an_empty_installation_as_it_was(
    ending: str, empty: Callable[[], Actor], mina: Actor, everything: dict[str, set[str]]
) -> None:
    before, files = _contents(mina), _files(mina, ending)
    actor = empty()
    people.create_unit(actor, name="Claims")
    waiting = dict(files)
    while waiting:
        ready = []
        for slug, content in waiting.items():
            made = plan.plan_file(actor, slug, content, "")
            if not made.counts["faulty"]:
                commands.run(actor, made)
                ready.append(slug)
        assert ready, {
            s: [f for r in plan.plan_file(actor, s, c, "").rows for f in r.faults] for s, c in waiting.items()
        }
        waiting = {slug: content for slug, content in waiting.items() if slug not in ready}
    for slug, content in files.items():  # links to kinds that were not there yet
        made = plan.plan_file(actor, slug, content, "")
        if made.counts["amend"]:
            commands.run(actor, made)
    after = _contents(actor)
    assert after.keys() == before.keys() == {kind.slug for kind in kinds.all_kinds()}
    for slug, records in before.items():
        assert after[slug] == records


@pytest.mark.parametrize("ending", archive.ENDINGS)
def test_everything_goes_out_and_comes_in_together(
    ending: str, empty: Callable[[], Actor], mina: Actor, everything: dict[str, set[str]]
) -> None:
    leaver = people.create_person(mina, email="lea@halden.example", full_name="Lea")
    owned = door.create(mina, "supplier", {"title": "Owned by a leaver", "owner": leaver.handle})
    people.deactivate_person(mina, leaver)
    tomas = people.create_person(mina, email="tomas@halden.example", full_name="Tomas")
    people.give_grant(mina, tomas, "internal-auditor")
    programme = {"title": "Led by Tomas", "programme": "APR-0001", "lead": tomas.handle}
    led = door.create(mina, "audit", {**kinds.get("audit").example, **programme})
    before = _contents(mina)
    with read_log.logged():
        content = b"".join(archive.blocks(archive.write(mina, ending)))
    exported = {entry.subject_ref: entry.facts["rows"] for entry in log.search("list.exported", limit=200)}
    assert {"supplier": 2, "person": 3, "unit": 1, "policy": 2}.items() <= exported.items()
    actor = empty()
    done = together.take_in(actor, content)
    assert [one.faulty for one in done if one.faulty] == []
    after = _contents(actor)
    assert after == before
    assert after["supplier"][f"{owned.reference}@main"]["owner"] == "lea@halden.example"
    assert after["audit"][f"{led.reference}@main"]["lead"] == "tomas@halden.example"
    again = together.take_in(actor, content)
    assert sum(one.created + one.amended for one in again) == 0


def test_a_file_that_is_none_of_all_lists_or_was_changed_is_refused_by_name(mina: Actor) -> None:
    index = '{"format": "plumbline-lists/1", "files": [{"file": "u.csv", "kind": "%s", "sha256": "0"}]}'
    for parts in (
        {"x.csv": "a,b"},
        {"index.json": index % "gone"},
        {"index.json": index % "unit", "u.csv": "x"},
    ):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as made:
            for name, text in parts.items():
                made.writestr(name, text)
        with pytest.raises(Malformed):
            together.take_in(mina, file.getvalue())
    with pytest.raises(Malformed):
        together.take_in(mina, b"no archive at all")
