"""Sources outside: registers with a map of one's own, systems that connectors read, what telemetry claims of
itself, and the receivers of webhooks. Whoever stands behind one of them decides nothing and approves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from tests.honesty.lines import attempt
from tests.honesty.organization import (
    SLUG,
    corrected,
    failing_day,
    live_system,
    proposed_action,
    suspicion,
)
from tests.honesty.world import Reply, World, _form

pytestmark = pytest.mark.django_db(transaction=True)


def register(world: World, who: str, kind: str, file: str, fields: Mapping[str, Any], **top: Any) -> Reply:
    """Import a register with a map of one's own and confirm it; its rows, or the refusal."""
    told = {
        "kind": kind,
        "register": "tests",
        "key": {"columns": [file.splitlines()[0].split(",")[0]]},
        **top,
    }
    mapping = json.dumps({**told, "fields": fields})  # JSON is YAML
    reply = world.call(
        who, "POST", "imports", _form(map=mapping, kind=kind, file=file),
        Content_Type="multipart/form-data; boundary=limit",
    )  # fmt: skip
    if reply.status >= 300:
        return reply
    world.flow()
    confirmed = world.call(who, "POST", f"imports/{reply.json['id']}/confirmation")
    world.flow()
    return (
        confirmed if confirmed.status >= 300 else world.call(who, "GET", f"imports/{reply.json['id']}/rows")
    )


def constants(**values: str) -> dict[str, Any]:
    """Fields of a map whose every row says the same, whatever stands in the file."""
    return {name: {"constant": value} for name, value in values.items()}


# Registers


@attempt("C1", "E1")
@pytest.mark.parametrize("field", ["state", "revision", "approved_at", "approved", "reference", "leaf"])
def test_no_map_says_that_a_row_was_approved(kept: World, field: str) -> None:
    """The map of a register says of every row that it is approved, and when."""
    before = kept.words()
    fields = {"title": "title", **constants(**{field: "approved"})}
    reply = register(kept, "mina", "document", "title\nHow we look at drift\n", fields)
    assert reply.refused
    assert f"fields.{field}" in reply.text
    assert kept.words() == before


@attempt("C1", "E5", "G.soa-complete")
def test_a_register_leaves_no_control_out(office: World) -> None:
    """A statement of applicability from a spreadsheet says of every control: no, with a reason by the map."""
    numbers = ("A.10.4", "A.5.4", "A.6.2.8")
    live_system(office, "chat-assist")
    fields = {
        "title": "control",
        "requirement": "control",
        **constants(applicable="no", exclusion_reason="Nothing of this kind exists in our organization."),
    }
    file = "control\n" + "".join(f"iso42001:{number}\n" for number in numbers)
    before = office.words(*numbers)
    assert register(office, "mina", "applicability", file, fields).status == 200
    rows = office.listed("applicability")
    assert [row["values"]["applicable"] for row in rows] == ["no"] * 3
    assert {row["state"] for row in rows} == {"draft"}
    assert office.words(*numbers) == before
    assert "Not applicable" not in before.values()


@attempt("C1", "A3", "G.people-assessed", "G.impact-assessed", "F4")
def test_a_map_takes_no_system_out_of_what_is_asked(kept: World) -> None:
    """A register of systems comes again, with a map by which each is suspended and touches nobody."""
    system = live_system(kept, "chat-assist")
    before = kept.words()
    exported = kept.record(system)
    file = f"slug,title,revision\nchat-assist,Chat assist,{exported['revision']}\n"
    quiet = constants(lifecycle="retired", effect="none", technique="rules", sourcing="own", output_kinds="")
    for again in ({"changed_here": "take"}, {"changed_here": "take", "revision": "revision"}):
        register(kept, "mina", "ai-system", file, {"slug": "slug", "title": "title", **quiet}, **again)
    kept.flow()
    assert kept.record(system)["values"]["lifecycle"] == "in operation"
    assert kept.words() == before
    assert system in kept.seen("6.1.4").reasons


@attempt("C1", "A3", "G.systems-owned")
def test_a_default_of_a_map_gives_nobody_an_owner(kept: World) -> None:
    """Six hundred systems without an owner come in by a map that names one for each empty cell."""
    stig = kept.people["stig"].handle
    fields = {
        "slug": "slug", "title": "slug", "owner": {"column": "owner", "default": stig},
        "lifecycle": {"constant": "in operation"},
    }  # fmt: skip
    file = "slug,owner\n" + "".join(f"bot-{number},\n" for number in range(12))
    assert register(kept, "mina", "ai-system", file, fields).status == 200
    assert len(kept.listed("ai-system")) == 13
    seen = kept.seen("A.3.2")
    assert not seen.good
    newest = kept.results("systems-owned")[0]["id"]
    rows = kept.get("mina", f"results/{newest}")["members"]
    named = [row["name"] for row in rows if row["state"].lower() == "missing"]
    assert len(named) == 12, "what a map says is what one person says: nobody has approved it"


@attempt("C3", "C5", "D4")
@pytest.mark.parametrize(
    ("kind", "row", "more"),
    [
        (
            "limit",
            {"check_name": "error-rate", "direction": "at most", "value": "0.9", "change": "tighter"},
            {"reason": "The supplier is slow this quarter.", "back_test": "It would have silenced nothing."},
        ),
        (
            "longest-interval",
            {"subject": "policy.next_review", "months": "600"},
            {"reason": "We look at it when we must.", "back_test": "No day lies beyond it."},
        ),
        (
            "authority",
            {"position": "contributor", "acts": "accept risk; dismiss; no action", "risk_level": "very high"},
            {"grade": "major", "basis": "As always.", "back_test": "It would have allowed nothing."},
        ),
    ],
)
def test_a_governed_value_comes_in_as_a_draft_without_a_back_test(
    kept: World, kind: str, row: dict[str, str], more: dict[str, str]
) -> None:
    """A looser limit, a longer interval and an authority for everybody come in by constants of a map."""
    before = kept.words()
    fields = {"title": "title", **constants(**row, **more, valid_until=str(kept.day(90)))}
    if "acts" in fields:
        fields["acts"] = {"constant": row["acts"], "split": ";"}
    register(kept, "mina", kind, "title\nAs we always did\n", fields)
    taken = [row for row in kept.listed(kind) if row["values"]["title"] == "As we always did"]
    assert len(taken) == 1
    for found in taken:
        assert found["state"] == "draft"
        assert not found["values"]["back_test"]
        assert kept.try_move("mina", found["reference"], "approve").refused
    assert kept.words() == before
    refused = kept.try_move("cora", suspicion(kept), "confirm")
    assert refused.refused, "nobody has an authority by a file"


@attempt("C1", "D3", "G.suppliers-assessed", "G.impact-assessed")
def test_a_map_writes_nothing_into_what_two_people_approved(kept: World) -> None:
    """A supplier found unsuitable comes in again, by its key, with a map that finds all of them suitable."""
    file = "title,found\nWeather by Post,no\n"
    told = {
        "title": "title", "supplies": {"constant": "data", "split": ";"},
        "diligence": {"column": "found", "values": {"no": "not suitable"}},
        **constants(
            assessed_on=str(kept.day(-10)), importance="medium",
            assessment="Asked in writing; no answer to half of the questions.",
            services="Forecasts by post.", contract="2026/9",
            responsibilities="They send forecasts, we file them in the register.",
        ),
    }  # fmt: skip
    register(kept, "mina", "supplier", file, told)
    (supplier,) = [
        row["reference"] for row in kept.listed("supplier") if row["values"]["title"] == "Weather by Post"
    ]
    live_system(kept, "weather", sourcing="bought", supplier=supplier)
    kept.approve(supplier)
    assert not kept.good("A.10.3")
    better = {**told, "diligence": {"constant": "suitable"}}
    for again in ("keep", "take"):
        register(kept, "mina", "supplier", file, better, changed_here=again)
    assert kept.record(supplier)["values"]["diligence"] == "not suitable"
    assert kept.seen("A.10.3").names(supplier)


@attempt("E2", "E3", "E4", "G.nonconformities-in-time")
def test_a_map_answers_no_finding(kept: World) -> None:
    """What a check raised comes in again under its reference, explained, minor and without need of action."""
    reference = suspicion(kept)
    before = kept.record(reference)["values"]
    revision = kept.record(reference)["revision"]
    file = f"reference,title,revision\n{reference},{before['title']},{revision}\n"
    fields = {
        "title": "title",
        **constants(
            source="observation", check_name="", description="Nothing.", detected_on=str(kept.day(-1)),
            grade="minor", no_action="A single lapse of one evening.", requirements="iso42001:7.5.3",
            due=str(kept.day(700)),
        ),
    }  # fmt: skip
    for again in ({}, {"changed_here": "take", "revision": "revision"}):
        register(kept, "mina", "nonconformity", file, fields, **again)
    after = kept.record(reference)["values"]
    for name in ("source", "check_name", "description", "grade", "requirements", "due", "no_action"):
        assert after[name] == before[name], name


@attempt("D1", "D2")
def test_a_register_carries_no_action_out(kept: World) -> None:
    """Corrective actions come in as verified, with a proof period before they were carried out."""
    action = proposed_action(kept, corrected(kept))
    kept.approve(action, by="ingrid", author="stig")
    revision = kept.record(action)["revision"]
    file = f"reference,title,revision\n{action},Time limits,{revision}\n"
    period = {"effectiveness_from": str(kept.day(-9)), "effectiveness_until": str(kept.day(-7))}
    for more in ({"state": "verified"}, {"effectiveness_check": "log-present", **period}):
        fields = {"title": "title", **constants(**more)}
        register(kept, "mina", "corrective-action", file, fields, changed_here="take", revision="revision")
    found = kept.record(action)
    assert found["state"] == "approved"
    assert found["values"]["effectiveness_check"] == "error-rate"
    assert kept.try_move("ingrid", action, "verify").refused


@attempt("E1", "C1")
def test_a_map_gives_whoever_uses_it_no_rights_of_whoever_made_it(kept: World) -> None:
    """A manager keeps a map with favourable constants; a contributor and a system owner use it."""
    fields = {"title": "title", **constants(type="AI policy", version="9", purpose="x", text="x")}
    before = kept.words()
    for who in ("cora", "stig", "viola"):
        assert register(kept, who, "policy", "title\nAI policy of the group\n", fields).refused, who
    assert not [row for row in kept.listed("policy") if row["values"]["title"] == "AI policy of the group"]
    assert register(kept, "mina", "policy", "title\nAI policy of the group\n", fields).status == 200
    assert kept.words() == before
    (row,) = [row for row in kept.listed("policy") if row["values"]["title"] == "AI policy of the group"]
    assert kept.try_move("mina", row["reference"], "submit").refused, "a policy of letters"


@attempt("E1")
def test_whoever_confirmed_a_register_is_no_second_person_for_it(office: World) -> None:
    """Sara's file is confirmed by Sara, and Sara approves each record that came of it."""
    fields = {
        "title": "title",
        **constants(
            type="process", version="1", summary="Who does what, and when.", origin="own",
            text="The process has an owner and every step leaves a record.", next_review=str(office.day(90)),
            owner=office.people["mina"].handle, retention_rule="Ten years.", classification="internal",
        ),
    }  # fmt: skip
    taken = register(office, "sara", "document", "title\nHow we look at drift\n", fields)
    assert taken.status == 200, taken.text
    (row,) = office.listed("document")
    assert office.try_move("sara", row["reference"], "submit").status == 200
    assert office.try_move("sara", row["reference"], "approve").refused
    assert office.record(row["reference"])["state"] == "in review"


# Systems that a connector reads


@pytest.fixture
def registry(kept: World, tmp_path: Path) -> Callable[..., None]:
    """Has a connector read what a model registry says, with the rights of Mina."""
    file = tmp_path / "registry.json"

    def say(*versions: Mapping[str, Any]) -> None:
        file.write_text(json.dumps({"model_versions": versions}))
        if not json.loads(kept.cli("connector", "list", "--json")):
            words = ("--name", "Registry", "--for", "mina@halden.example", "--set", f"file={file}")
            kept.cli("connector", "add", "mlflow-file", *words)
        kept.wait(hours=1)
        kept.flow()

    return say


def version(changed: int, **more: Any) -> dict[str, Any]:
    """A model version as a registry writes it, with all that it could claim besides."""
    claims = {"status": "READY", "current_stage": "Production", "approved": True, "state": "approved"}
    own = {"name": "chat", "version": "1", "source": "s3://models/chat/1", "creation_timestamp": changed}
    return {**own, "last_updated_timestamp": changed, **claims, "tags": {"state": "approved"}, **more}


@attempt("C1", "G.components-registered", "G.inventory-complete")
def test_a_registry_approves_nothing_and_describes_no_system(
    kept: World, registry: Callable[..., None]
) -> None:
    """A model registry says that a model is in production, ready and approved."""
    system = live_system(kept, "chat-assist")
    kept.flow()
    before = kept.good()
    registry(version(1_000, systems=[system], owner=kept.people["stig"].handle))
    (component,) = [row for row in kept.listed("component") if row["values"]["title"] == "chat 1"]
    assert component["state"] == "draft"
    assert component["values"]["systems"] == []
    assert kept.good() <= before
    named = kept.get("mina", f"results/{kept.results('components-registered')[0]['id']}")["members"]
    assert system in [row["name"] for row in named if row["state"].lower() == "missing"]
    assert kept.seen("A.4.2").names(component["reference"]), "a model of no system is named"


@attempt("C6", "E1")
def test_a_registry_rewrites_no_component_that_two_people_approved(
    kept: World, registry: Callable[..., None]
) -> None:
    """The model was exchanged under the same number; the registry describes it anew, as it was approved."""
    registry(version(1_000))
    (row,) = [row for row in kept.listed("component") if row["values"]["title"] == "chat 1"]
    reference = row["reference"]
    told = {"systems": [kept.of("ai-system")], "purpose": "Answers.", "owner": kept.people["mina"].handle}
    kept.amend("mina", reference, **told)
    kept.approve(reference)
    approved = kept.record(reference)
    registry(version(2_000, source="s3://elsewhere/1", description="Another model altogether."))
    assert kept.record(reference)["values"] == approved["values"]
    assert kept.record(reference)["revision"] == approved["revision"]
    (connection,) = json.loads(kept.cli("connector", "list", "--json"))
    assert [fault["key"] for fault in connection["faults"]] == ["mlflow:chat/1"], "and somebody can see it"


@attempt("E1", "E5")
def test_a_connector_has_no_more_rights_than_its_person_has_today(
    kept: World, registry: Callable[..., None]
) -> None:
    """Whoever a connector reads for has lost the role; what it reads is written no more."""
    from plumbline.identity import commands
    from plumbline.identity.actors import Actor

    registry(version(1_000))
    size = len(kept.listed("component", "sara"))
    for grant in kept.people["mina"].grants.all():
        commands.revoke_grant(Actor.installation(), grant)
    registry(version(1_000), version(2_000, version="2"))
    assert len(kept.listed("component", "sara")) == size


# What telemetry claims of itself


CLAIMS = ("received", "received_at", "late", "judged_at", "verdict", "approved", "seal", "leaf", "limit")


@attempt("C4", "D1", "D6")
def test_an_event_does_not_say_when_it_was_received_or_what_it_is_worth(kept: World) -> None:
    """Good calls of a bad day are sent late, and each says of itself that it came in time and is fine."""
    failing_day(kept)
    kept.flow()
    kept.wait(days=2)
    bad = kept.day(-3)
    sent = {"time": datetime.combine(bad, time(5), UTC), "outcome": "pay", "latency_ms": 20.0}
    for claim in CLAIMS:
        reply = kept.send(SLUG, {**sent, claim: "2026-11-19T06:00:00Z"})
        assert reply.status in (400, 422), claim
    told = [{**sent, "attributes": dict.fromkeys(CLAIMS, "2026-11-19T06:00:00Z")} for _ in range(900)]
    assert kept.send(SLUG, *told).status == 201
    kept.flow()
    rows = [row for row in kept.results("error-rate", SLUG) if row["window_start"].startswith(str(bad))]
    assert (rows[0]["word"], rows[0]["late"] >= 900) == ("Within", True), "what it says of itself is nothing"
    assert "Over limit" in kept.page("mina", f"/checks/error-rate/{SLUG}/")
    assert not kept.good("A.6.2.6")


@attempt("A8", "A3")
def test_what_one_system_reports_is_right_about_no_other(kept: World) -> None:
    """A system without outcomes has those of another one told of its decisions: all of them right."""
    from plumbline.kernel.ids import uuid7

    live_system(kept, "chat-assist", output_kinds=["score"])
    ids = [str(uuid7()) for _ in range(60)]
    at = datetime.combine(kept.day(-1), time(3), UTC)
    decided = [{"id": one, "time": at, "outcome": "pay", "score": 0.9} for one in ids]
    assert kept.send("chat-assist", *decided).status == 201
    later = at + timedelta(minutes=5)
    told = [{"type": "outcome", "time": later, "about": one, "truth": "pay"} for one in ids]
    kept.send(SLUG, *told)
    kept.flow()
    rows = kept.results("accuracy", "chat-assist")
    assert "Within" not in [row["word"] for row in rows]
    assert not kept.good("9.1")


# Receivers of webhooks


@attempt("E1", "E2", "G.nonconformities-in-time")
def test_whoever_gets_a_webhook_decides_nothing(kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat answers what was posted to it: done, closed, approved; and posts as much with our signature."""
    from plumbline.delivery import outgoing
    from plumbline.delivery.stage import DeliveryStage
    from plumbline.delivery.waiting.stage import NoticeStage
    from plumbline.delivery.webhook import signature

    posted: list[bytes] = []

    def answer(address: str, body: bytes, headers: Any, *, private_setting: str = "") -> outgoing.Answer:
        posted.append(body)
        claims = {"state": "closed", "move": "dismiss", "verified": True, "approved": True, "type": "done"}
        return outgoing.Answer(200, "application/json", json.dumps(claims).encode())

    monkeypatch.setattr(outgoing, "post", answer)
    monkeypatch.setattr(outgoing, "check_address", lambda address, **_: urlsplit(address))
    told = {"name": "Team", "address": "https://chat.example/hook", "style": "json"}
    added = kept.call("mina", "POST", "webhooks", told)
    assert added.status == 201, added.text
    reference = suspicion(kept)
    before = kept.words()
    kept.wait(minutes=10)
    for stage in (NoticeStage(), DeliveryStage()):
        while stage.advance():
            pass
    assert any(reference.encode() in body for body in posted)
    assert kept.record(reference)["state"] == "suspected"
    assert kept.words() == before
    forged = json.dumps({"type": "task.done", "reference": reference, "move": "dismiss", "reason": "Done."})
    signed = signature.headers(added.json["secret"], "dlv_1", int(kept.now.timestamp()), forged.encode())
    hook, path = added.json["id"], kept._path(reference)
    for place in (f"webhooks/{hook}", f"webhooks/{hook}/done", f"{path}/moves", f"{path}/comments", path):
        reply = Client().post(f"/api/v1/{place}", forged, "application/json", headers=signed)
        assert reply.status_code in (401, 403, 404, 405), place
    assert kept.record(reference)["state"] == "suspected"
