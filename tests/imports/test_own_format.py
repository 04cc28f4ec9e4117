"""What one installation exports, another takes in: by keys that mean the same record in both, or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.imports import commands, matching, plan
from plumbline.imports.queries import JobView
from plumbline.kernel.problems import Invalid
from plumbline.records import commands as door
from plumbline.records import csv_export, kinds, queries, read_log
from plumbline.trail import paths

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _csv(actor: Actor, slug: str) -> str:
    kind = kinds.get(slug)
    with read_log.logged():
        return "".join(csv_export.csv_chunks(csv_export.rows(actor, kind), csv_export.header(kind)))


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _elsewhere(text: str) -> str:
    """The same file as an installation of another name would have written it."""
    return text.replace("@main", "@elsewhere")


def _import(actor: Actor, slug: str, text: str) -> JobView:
    return commands.run(actor, plan.plan_file(actor, slug, text.encode(), ""))


def _faults(actor: Actor, slug: str, text: str) -> list[tuple[int, str, str]]:
    made = plan.plan_file(actor, slug, text.encode(), "")
    return [(row.line, fault.column, str(fault.message)) for row in made.rows for fault in row.faults]


def test_an_assessment_of_elsewhere_is_never_attached_to_the_system_that_has_its_number_here(
    mina: Actor, make: Callable[..., Any]
) -> None:
    """It was: a link was written as ``SYS-0001``, which is some other system in every other installation."""
    make("impact-assessment")
    systems, assessments = _elsewhere(_csv(mina, "ai-system")), _elsewhere(_csv(mina, "impact-assessment"))
    assessments = assessments.replace("RSK-0001@elsewhere", "")
    here = queries.find(mina, "SYS-0001")[0]
    assert _rows(assessments)[0]["system"] == "SYS-0001@elsewhere"
    assert _faults(mina, "impact-assessment", assessments) == [
        (2, "system", "SYS-0001@elsewhere is no record here")
    ]
    bare = assessments.replace("SYS-0001@elsewhere", "SYS-0001")
    assert _faults(mina, "impact-assessment", bare) == [
        (2, "system", "SYS-0001 does not say of which installation it is")
    ]
    slug = str(here.slug)  # type: ignore[attr-defined]  # a system
    _import(mina, "supplier", _elsewhere(_csv(mina, "supplier")))
    _import(mina, "ai-system", systems.replace(slug, "moved-here").replace(here.title, "Another title"))
    assert _import(mina, "impact-assessment", assessments).written == 1
    attached = queries.find(mina, _rows(_csv(mina, "impact-assessment"))[0]["reference"])[0]
    assert attached.system.reference != "SYS-0001"  # type: ignore[attr-defined]  # an assessment
    assert attached.system.key == "SYS-0001@elsewhere"  # type: ignore[attr-defined]


def test_a_file_that_comes_back_finds_its_records_again(mina: Actor, make: Callable[..., Any]) -> None:
    make("impact-assessment")
    for slug in ("ai-system", "impact-assessment"):
        made = plan.plan_file(mina, slug, _csv(mina, slug).encode(), "")
        assert made.counts["unchanged"] == len(made.rows) > 0


def test_a_record_keeps_the_key_it_came_with_wherever_it_goes_next(
    mina: Actor, make: Callable[..., Any]
) -> None:
    make("supplier")
    _import(mina, "supplier", _elsewhere(_csv(mina, "supplier")))
    assert {row["key"] for row in _rows(_csv(mina, "supplier"))} == {"SUP-0001@main", "SUP-0001@elsewhere"}


def test_a_key_that_no_record_here_has_and_one_of_another_kind_are_refused_by_name(
    mina: Actor, make: Callable[..., Any]
) -> None:
    make("supplier")
    gone = _csv(mina, "supplier").replace("SUP-0001", "SUP-0099")
    other = _csv(mina, "supplier").replace("SUP-0001@main", "RSK-0001@elsewhere")
    assert [line for line, _, text in _faults(mina, "supplier", gone) if "SUP-0099@main" in text] == [2]
    assert [line for line, _, text in _faults(mina, "supplier", other) if "RSK-0001@elsewhere" in text] == [2]


def test_what_the_reader_may_not_see_is_refused_as_what_is_not_there(
    mina: Actor, make: Callable[..., Any], someone: Callable[..., Actor]
) -> None:
    """A key must not tell that there is a record: both refusals have the same words."""
    people.create_unit(mina, name="Pricing")
    claims = people.create_unit(mina, name="Claims")
    make("ai-system", unit="pricing")
    owner = someone("system-owner", "Omar", unit=claims)
    for reference in ("SYS-0001@main", "SYS-0099@main"):
        with pytest.raises(Invalid) as refusal:
            door.create(owner, "risk", {"title": "Drift", "system": reference, "unit": "claims"})
        faults = {fault.field: str(fault.message) for fault in refusal.value.faults}
        assert faults["system"] == f"{reference} is no record here", faults


def test_a_file_of_any_other_form_needs_a_map(mina: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        plan.plan_file(mina, "supplier", b"Id,Name\n1,Fjord\n", "")
    assert refusal.value.faults[0].field == "map"


def _moved(text: str, kind: kinds.Kind) -> str:
    """The file as an installation would have written it whose records have unique values of their own."""
    rows = _rows(_elsewhere(text))
    out = io.StringIO()
    writer = csv.DictWriter(out, csv_export.header(kind))
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, **{name: _other(kind, name, row[name]) for name in kind.unique_fields}})
    return out.getvalue()


def _other(kind: kinds.Kind, name: str, text: str) -> str:
    """A value for a unique field that no record has yet."""
    words = [word for word, _ in matching.chosen_among(kind, name) if word != text]
    return words[-1] if words else f"moved-{text}" if text else ""


def _contents(row: dict[str, str]) -> dict[str, str]:
    # The last three say how a record came to be here, which is another thing in every installation.
    of_here = ("reference", "state", "revision", "imported", "missing", "stated_by_source")
    return {name: text for name, text in row.items() if name not in of_here}


@pytest.mark.parametrize("slug", [kind.slug for kind in kinds.all_kinds()])
def test_every_kind_and_what_it_refers_to_comes_in_elsewhere_as_it_was(
    slug: str, mina: Actor, make: Callable[..., Any]
) -> None:
    """From the declaration: a record of the kind and all that it names, out, and in under other numbers."""
    make(slug, owner=mina.id)
    present = [kind for kind in kinds.all_kinds() if _rows(_csv(mina, kind.slug))]
    files = {kind.slug: _moved(_csv(mina, kind.slug), kind) for kind in present}
    waiting = dict(files)
    while waiting:  # what refers to others is refused until they are here, so the order finds itself
        ready = [each for each, text in waiting.items() if not _faults(mina, each, text)]
        assert ready, {each: _faults(mina, each, text) for each, text in waiting.items()}
        for each in ready:
            _import(mina, each, waiting.pop(each))
    for kind in present:
        came = {row["key"]: _contents(row) for row in _rows(_csv(mina, kind.slug))}
        for row in _rows(files[kind.slug]):
            assert came[row["key"]] == _contents(row)


def test_the_id_of_an_installation_stays_through_its_epochs() -> None:
    assert paths.installation_id("plumbline/1a2b3c4d/1") == paths.installation_id("plumbline/1a2b3c4d/7")
