"""From an outside system to records: read when due, taken once, faults kept as data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.connectors.conftest import Save, version

from plumbline.connectors import commands, port, queries, stage
from plumbline.connectors.stage import ConnectorStage
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands as door
from plumbline.records import queries as records
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
FRAUD, CLAIMS = version("fraud", 1, 1_000), version("claims", 1, 2_000)


def _person(actor: Actor) -> Person:
    return identity.person(actor.id)


def _add(installation: Actor, mina: Actor, file: Any) -> queries.ConnectionView:
    return commands.add(installation, "mlflow-file", "Registry", {"file": str(file)}, _person(mina))


def _drain() -> None:
    while ConnectorStage().advance():
        pass


def _later() -> Any:
    return clock.frozen(clock.now() + timedelta(hours=1))


def _titles(mina: Actor) -> list[str]:
    return sorted(str(fact["title"]) for fact in records.claimed("component"))


def test_facts_become_records_with_the_rights_of_the_person(
    installation: Actor, mina: Actor, registry: Save
) -> None:
    added = _add(installation, mina, registry(FRAUD, CLAIMS))
    _drain()
    assert _titles(mina) == ["claims 1", "fraud 1"]
    (revision,) = records.history(mina, "CMP-0001")
    assert (revision.note, revision.actor) == ("Read from Registry.", mina.id)
    shown = queries.connection(added.handle)
    assert (shown.created, shown.amended, shown.faults, shown.error) == (2, 0, (), "")
    assert shown.due_at == clock.now() + port.get("mlflow-file").every


def test_reading_again_writes_nothing_twice(installation: Actor, mina: Actor, registry: Save) -> None:
    _add(installation, mina, registry(FRAUD, CLAIMS))
    _drain()
    size = log.size()
    with _later():
        _drain()
    from plumbline.connectors.models import Connection

    Connection.objects.update(position="", due_at=clock.now())  # as if the position had been lost
    _drain()
    assert log.size() == size
    assert (queries.connection("Registry").created, queries.connection("Registry").amended) == (2, 0)


def test_what_changed_at_the_source_amends_the_record(
    installation: Actor, mina: Actor, registry: Save
) -> None:
    _add(installation, mina, registry(FRAUD))
    _drain()
    registry({**FRAUD, "last_updated_timestamp": 5_000, "description": "Trees"}, CLAIMS)
    _drain()
    assert _titles(mina) == ["fraud 1"]  # not due yet
    with _later():
        _drain()
    assert records.find(mina, "CMP-0001")[0].method == "Trees"
    assert (queries.connection("Registry").created, queries.connection("Registry").amended) == (2, 1)


def test_a_crash_between_two_chunks_loses_and_doubles_nothing(
    installation: Actor, mina: Actor, registry: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "CHUNK", 1)
    _add(installation, mina, registry(FRAUD, CLAIMS, version("fraud", 2, 3_000)))
    create = door.create

    def dying(*args: Any, **kwargs: Any) -> door.Saved:
        saved = create(*args, **kwargs)
        if kwargs["key"] == "mlflow:claims/1":
            raise KeyboardInterrupt
        return saved

    with monkeypatch.context() as patch:
        patch.setattr(door, "create", dying)
        with pytest.raises(KeyboardInterrupt):
            _drain()
    assert _titles(mina) == ["fraud 1"]
    with _later():
        _drain()
    assert _titles(mina) == ["claims 1", "fraud 1", "fraud 2"]
    assert queries.connection("Registry").created == 3


def test_a_fact_that_is_refused_is_kept_as_a_fault_until_it_is_taken(
    installation: Actor, mina: Actor, sara: Actor, registry: Save
) -> None:
    _add(installation, mina, registry(FRAUD, version("", 1, 1_500), CLAIMS))
    _drain()
    assert _titles(mina) == ["claims 1", "fraud 1"]
    (nameless,) = queries.connection("Registry").faults
    assert nameless.key == "mlflow:/1"
    door.move(mina, "CMP-0001", "submit", revision=1)
    door.move(sara, "CMP-0001", "approve", revision=2, reason="Seen")
    registry({**FRAUD, "last_updated_timestamp": 5_000, "source": "s3://elsewhere"})
    with _later():
        _drain()
    assert records.find(mina, "CMP-0001")[0].origin == "s3://models/fraud/1"
    frozen = queries.connection("Registry").faults[-1]
    assert frozen.key == "mlflow:fraud/1"
    assert "approved" in str(frozen.message)


def test_a_system_that_cannot_be_read_is_named_and_tried_again(
    installation: Actor, mina: Actor, registry: Save
) -> None:
    file = registry(text="no JSON")
    _add(installation, mina, file)
    _drain()
    assert "is not JSON" in queries.connection("Registry").error
    registry(FRAUD)
    with _later():
        _drain()
    assert (queries.connection("Registry").error, _titles(mina)) == ("", ["fraud 1"])


def test_two_that_read_one_connection_at_once_take_turns(
    installation: Actor, mina: Actor, registry: Save
) -> None:
    _add(installation, mina, registry(FRAUD))
    first, second = queries.connection_row("Registry"), queries.connection_row("Registry")
    stage.advance(first)
    assert not stage.advance(second)
    assert queries.connection("Registry").created == 1


def test_only_the_operator_adds_and_only_for_somebody_who_may_import(
    installation: Actor, mina: Actor, someone: Callable[..., Actor], registry: Save
) -> None:
    with pytest.raises(NotAllowed):
        commands.add(mina, "mlflow-file", "R", {"file": "x"}, _person(mina))
    with pytest.raises(NotAllowed):
        commands.add(installation, "mlflow-file", "R", {"file": "x"}, _person(someone("viewer", "Vera")))
    with pytest.raises(NotFound):
        commands.add(installation, "nothing", "R", {"file": "x"}, _person(mina))
    with pytest.raises(Invalid) as refused:
        commands.add(installation, "mlflow-file", " ", {"path": "x"}, _person(mina))
    assert {fault.field for fault in refused.value.faults} == {"path", "file", "name"}
    _add(installation, mina, registry())
    with pytest.raises(Conflict):
        _add(installation, mina, registry())
    assert [row.name for row in queries.connections()] == ["Registry"]


def test_adding_and_removing_leave_entries_and_the_records_stay(
    installation: Actor, mina: Actor, registry: Save
) -> None:
    size = log.size()
    added = _add(installation, mina, registry(FRAUD))
    _drain()
    commands.remove(installation, "Registry")
    types = [leaf.entry_type for leaf in log.leaves(size, log.size())]
    assert types == ["connection.added", "record.created", "connection.removed"]
    assert (queries.connections(), _titles(mina)) == ([], ["fraud 1"])
    with pytest.raises(NotFound):
        queries.connection(added.handle)


def test_a_connection_whose_connector_is_gone_waits_for_it(
    installation: Actor, mina: Actor, registry: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(installation, mina, registry(FRAUD))
    with monkeypatch.context() as patch:
        patch.delitem(port._connectors, "mlflow-file")
        _drain()
        assert "no such connector" in queries.connection("Registry").error
    with clock.frozen(clock.now() + timedelta(days=2)):
        _drain()
    assert _titles(mina) == ["fraud 1"]
