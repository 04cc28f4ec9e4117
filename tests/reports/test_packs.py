"""Packs from a small installation, checked by the verifier in a process of its own."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from tests.reports import story

from plumbline.controls import posture
from plumbline.controls.engine import Judge
from plumbline.controls.requirement_posture import Reason
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.ids import uuid7
from plumbline.kernel.messages import plain
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from plumbline.kernel.states import MeasuredState
from plumbline.metrics.stage import Rollup
from plumbline.records import commands as records
from plumbline.reports import applicability, commands, findings, pack_build, queries, sampling
from plumbline.reports.disclosure import Scope
from plumbline.reports.models import Pack
from plumbline.reports.stage import PackStage
from plumbline.telemetry import intake, openings, spool
from plumbline.telemetry.mover import MoverStage
from plumbline.telemetry.store.duckdb import DuckStore
from plumbline.trail import keys, log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def data(installation: Actor, tmp_path: Path) -> Iterator[Path]:
    """The data folder; its files of telemetry are closed afterwards."""
    yield tmp_path
    for opened in (
        spool._spools.pop(tmp_path / "spool.db", None),
        openings._stores.pop(tmp_path / "openings.db", None),
    ):
        if opened is not None:
            opened.close()


@pytest.fixture
def told(data: Path, mina: Actor) -> Path:
    """A registered system with a file, a risk, decisions in the store and in the spool, and results."""
    system = story.live(mina)
    story.live(mina, "chat-helper")
    records.create(mina, "risk", {"title": "Unfair refusals", "system": system, "description": "Too many."})
    records.comment(mina, system, "Only for us: ask Lars again.")
    story.send("claims-triage", 12)
    story.send("chat-helper", 3)
    store = DuckStore(data / "evidence.duckdb")
    for stage in (MoverStage(data, store), Rollup(store), Judge(store)):
        while stage.advance():
            pass
    store.close()
    story.send("claims-triage", 5)
    story.sign()
    return data


def ask(actor: Actor, **changed: Any) -> Pack:
    """A pack of everything for an auditor, built at once."""
    seed = changed.pop("seed", "auditor")
    asked = {"recipient": "Nordic Certification", "purpose": "Stage 2 audit", "sample_size": 4, **changed}
    made = commands.create_pack(actor, **asked)
    story.sign()
    made = commands.build_now(made, sign=lambda size: story.sign())
    if made.state == Pack.State.PREPARED:
        story.sign()
        made = commands.draw(actor, made.handle, seed)
        story.sign()
        made = commands.build_now(made)
    return made


def member(pack: Pack, name: str) -> bytes:
    """The bytes of one member."""
    with zipfile.ZipFile(commands.pack_path(pack.sha256)) as archive:
        return archive.read(name)


def statement(pack: Pack) -> list[dict[str, str]]:
    """The rows of the statement of applicability in a pack."""
    return list(csv.DictReader(io.StringIO(member(pack, "documents/applicability.csv").decode())))


def names(pack: Pack) -> set[str]:
    """The names of all members."""
    with zipfile.ZipFile(commands.pack_path(pack.sha256)) as archive:
        return set(archive.namelist())


def shown(pack: Pack) -> list[bytes]:
    """Everything that is opened in a pack."""
    texts = [member(pack, name) for name in sorted(names(pack)) if name.startswith("openings/")]
    return [base64.b64decode(json.loads(line)["body"]) for text in texts for line in text.splitlines()]


def test_a_pack_verifies_with_the_key_and_says_so_without_it(told: Path, mina: Actor) -> None:
    pack = ask(mina, seed="audit-2026")
    file = commands.pack_path(pack.sha256)
    trusted = story.verify(file, "--key", keys.vkey())
    assert trusted.returncode == 0, trusted.stdout
    assert "VERIFIED" in trusted.stdout
    assert story.verify(file).returncode == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert hashlib.sha256(file.read_bytes()).hexdigest() == pack.sha256
    documents = {"applicability.csv", "posture.json", "sample.json", "population.json", "CONTENTS.txt"}
    documents |= {"risks.csv", "risks.json"}
    assert {f"documents/{name}" for name in documents} <= names(pack)
    assert pack.revisions == 3
    assert pack.results > 0
    assert pack.files == 1
    assert (pack.population, pack.sampled) == (20, 4)


def test_any_flipped_byte_of_a_member_fails(told: Path, mina: Actor, tmp_path: Path) -> None:
    """Every member once, zipped again so that the checksums of the zip are right."""
    pack = ask(mina)
    with zipfile.ZipFile(commands.pack_path(pack.sha256)) as archive:
        members = {info.filename: (info, archive.read(info)) for info in archive.infolist()}

    def verified(changed: str = "") -> int:
        again = tmp_path / "again.aipack"
        with zipfile.ZipFile(again, "w") as archive:
            for name, (info, content) in members.items():
                place = len(content) // 2
                broken = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
                archive.writestr(info, broken if name == changed else content, info.compress_type)
        return story.verify(again, "--key", keys.vkey()).returncode

    assert verified() == 0
    assert {name: verified(name) for name in members} == dict.fromkeys(members, 1)


def test_the_sample_can_be_drawn_again_from_the_pack_alone(told: Path, mina: Actor) -> None:
    pack = ask(mina, seed="audit-2026", sample_size=6)
    said, population = (
        json.loads(member(pack, "documents/sample.json")),
        member(pack, "documents/population.json"),
    )
    assert log.opening(said["frame"], "document:population.json") == population
    assert log.opening(said["seed"], "seed") == b'{"frame":%d,"seed":"audit-2026"}' % said["frame"]
    assert said["frame"] < said["seed"]
    assert said["population"] == {"left_out": {"other types": 3}, "of": "decision", "size": 20}
    excluded = json.loads(population)["excluded"]
    places = [
        (entry, position)
        for entry in sorted({leaf for leaf, *_ in excluded})
        for position in range(log.leaf(entry).facts["count"])
    ]
    out = {
        places.index((entry, position))
        for entry, first, last, _ in excluded
        for position in range(first, last + 1)
    }
    drawn = [row["place"] for row in said["drawn"]]
    assert drawn == sampling.draw("audit-2026", 23, 6, out)
    assert [(row["entry"], row["position"]) for row in said["drawn"]] == [places[place] for place in drawn]
    shown = [
        json.loads(line)
        for name in names(pack)
        if name.startswith("openings/")
        for line in member(pack, name).splitlines()
    ]
    events = {(row["index"], row["slot"]) for row in shown if row["slot"].startswith("event:")}
    assert {(row["entry"], f"event:{row['position']}") for row in said["drawn"]} <= events
    again = ask(mina, seed="audit-2026", sample_size=6)
    assert json.loads(member(again, "documents/sample.json"))["drawn"] == said["drawn"]


def test_comments_and_records_of_other_systems_stay_withheld(told: Path, mina: Actor) -> None:
    pack = ask(mina, systems=["chat-helper"])
    assert not [body for body in shown(pack) if b"ask Lars" in body or b"Unfair refusals" in body]
    assert pack.revisions == 1
    assert pack.population == 3
    assert story.verify(commands.pack_path(pack.sha256), "--key", keys.vkey()).returncode == 0


def test_a_pack_of_everything_withholds_comments(told: Path, mina: Actor) -> None:
    bodies = shown(ask(mina))
    assert any(b"Unfair refusals" in body for body in bodies)
    assert not [body for body in bodies if b"ask Lars" in body]


def test_a_batch_with_events_of_two_systems_gives_a_sample_of_one(told: Path, mina: Actor) -> None:
    """A segment belongs to a batch, not to a system, so its events are looked at one by one."""
    before = ask(mina, systems=["chat-helper"]).population
    events = [
        {"id": str(uuid7()), "time": clock.rfc3339(clock.now()), "system": system, "type": "decision"}
        for system in ("chat-helper", "claims-triage", "claims-triage")
    ]
    body = json.dumps({"source": "both", "events": events}).encode()
    intake.accept(body, "application/json", "", "tok_test", settings.PLUMBLINE)
    pack = ask(mina, systems=["chat-helper"])
    assert pack.population == before + 1
    said = json.loads(member(pack, "documents/sample.json"))
    assert said["population"]["left_out"]["other systems"] >= 2


def test_only_what_bears_on_the_requirements_asked_for_is_disclosed(told: Path, mina: Actor) -> None:
    pack = ask(mina, requirements=["iso42001:6.1.2"])
    assert pack.revisions == 1
    said = json.loads(member(pack, "documents/posture.json"))
    assert [row["requirement"] for row in said["requirements"]] == ["iso42001:6.1.2"]
    assert statement(pack) == []
    (row,) = statement(ask(mina, requirements=["iso42001:A.6.2.6"]))
    assert row["number"] == "A.6.2.6"


def test_documents_name_no_other_systems_than_those_asked_for(told: Path, mina: Actor) -> None:
    """Neither the statement of applicability nor the posture speaks of a system that is out of scope."""
    refs = ["SYS-0001", "SYS-0002"]
    values = {
        "requirement": "iso42001:A.6.2.6",
        "title": "Operation",
        "applicable": "yes",
        "reasons": ["law"],
        "justification": "Inputs change.",
        "how": "Hourly measures.",
        "implementation": "implemented",
        "systems": refs,
    }
    records.create(mina, "applicability", values)
    pack = ask(mina, systems=["claims-triage"])
    (row,) = (row for row in statement(pack) if row["number"] == "A.6.2.6")
    assert row["systems"] == refs[0]
    (row,) = (row for row in statement(ask(mina)) if row["number"] == "A.6.2.6")
    assert row["systems"] == "; ".join(refs)
    subjects = ("", "organization", "claims-triage", "chat-helper")
    whole = replace(
        posture.posture()[0],
        reasons=tuple(Reason(plain("Why."), MeasuredState.FAILING, "a", subject=one) for one in subjects),
    )
    kept = pack_build.redact_posture(whole, pack_build.scope_of(commands.request_of(pack), mina))
    assert [reason.subject for reason in kept.reasons] == ["", "organization", "claims-triage"]
    everything = pack_build.scope_of(commands.request_of(ask(mina)), mina)
    assert pack_build.redact_posture(whole, everything) == whole


def test_the_posture_of_a_pack_counts_what_it_does_not_name(told: Path, mina: Actor) -> None:
    refs = [
        records.create(
            mina, "ai-system", {"title": name, "slug": name, "lifecycle": "in operation"}
        ).reference
        for name in ("fraud-finder", "letter-sorter")
    ]
    store = DuckStore(told / "evidence.duckdb")
    judge = Judge(store)
    while judge.advance():
        pass
    store.close()
    said = member(ask(mina, systems=["fraud-finder"]), "documents/posture.json").decode()
    assert [one for one in (refs[1], "letter-sorter") if one in said] == []
    hidden = "1 record outside the scope of this pack is not shown"
    assert f"{refs[0]} has no approved assessment; {hidden}." in said
    whole = member(ask(mina), "documents/posture.json").decode()
    assert refs[1] in whole
    assert "outside the scope" not in whole


def test_a_pack_holds_the_risk_register_with_the_level_of_today(told: Path, mina: Actor) -> None:
    judged = {
        "title": "=Drift", "description": "Late claims.", "assessed_on": "2026-03-01", "likelihood": 4,
        "harm_to_individuals": 4, "residual_likelihood": 2, "residual_harm_to_individuals": 3,
    }  # fmt: skip
    graver = records.create(mina, "risk", {**judged, "system": "SYS-0002"}).reference
    pack = ask(mina)
    found = json.loads(member(pack, "documents/risks.json"))
    unjudged, risk = sorted(found["risks"], key=lambda one: one["reference"])
    levels = [risk[f"level_{name}"] for name in ("before", "planned", "today")]
    assert (risk["reference"], risk["system"]) == (graver, "SYS-0002")
    assert levels == ["High", "Moderate", "High"], "nothing that works takes anything off it"
    assert (risk["graver_than_planned"], risk["acceptance_lapsed"]) == (True, False)
    assert (unjudged["level_planned"], unjudged["level_today"]) == (None, None)
    assert (found["criteria"], found["appetite"]) == ("delivered", "Elevated")
    lines = csv.DictReader(io.StringIO(member(pack, "documents/risks.csv").decode()))
    row = next(one for one in lines if one["reference"] == graver)
    assert (row["title"], row["level_today"], row["as_of"][:4]) == ("'=Drift", "High", "2026")
    assert story.verify(commands.pack_path(pack.sha256), "--key", keys.vkey()).returncode == 0
    narrow = ask(mina, systems=["claims-triage"])
    assert graver not in member(narrow, "documents/risks.csv").decode()
    contents = member(narrow, "documents/CONTENTS.txt").decode()
    assert "its level today, in risks.csv and risks.json, follows from" in contents
    assert "documents/risks.json" not in names(ask(mina, requirements=["iso42001:A.9.2"]))


def test_a_second_pack_for_the_same_recipient_proves_that_the_log_only_grew(told: Path, mina: Actor) -> None:
    first = ask(mina)
    story.sign()
    second = ask(mina)
    assert "checkpoint.from" in names(second)
    earlier = str(commands.pack_path(first.sha256))
    found = story.verify(commands.pack_path(second.sha256), "--key", keys.vkey(), "--since", earlier)
    assert found.returncode == 0, found.stdout


def test_a_pack_leaves_an_entry_that_names_it_and_hides_its_recipient(told: Path, mina: Actor) -> None:
    pack = ask(mina)
    assert pack.leaf is not None
    leaf = log.leaf(pack.leaf)
    assert leaf.entry_type == "pack.created"
    assert leaf.facts["sha256"] == pack.sha256
    assert leaf.facts["range"] == [pack.start, pack.stop]
    assert b"Nordic" not in leaf.body
    assert log.opening(pack.leaf, "recipient") == b"Nordic Certification"
    fetched, file = commands.fetch(mina, pack.handle)
    assert file.read_bytes()[:2] == b"PK"
    assert log.search("pack.fetched", fetched.handle)


def test_days_name_the_entries_made_on_them(told: Path, mina: Actor) -> None:
    pack = commands.create_pack(
        mina, start=date(2026, 3, 3), stop=date(2026, 3, 3), recipient="A", purpose="B"
    )
    assert (pack.start, pack.stop) == (0, log.size())
    with pytest.raises(Invalid):
        commands.create_pack(mina, start=date(2026, 3, 4), recipient="A", purpose="B")


def test_the_stage_builds_what_waits_and_then_rests(told: Path, mina: Actor) -> None:
    made = commands.create_pack(mina, recipient="A", purpose="B")
    stage = PackStage()
    turns = 0
    for _ in range(2):  # the trail commits to the documents first, and signs what it says
        while stage.advance():
            turns += 1
            assert turns < 1000
        story.sign()
        Pack.objects.update(retry_at=None)
    made.refresh_from_db()
    assert (made.state, made.error) == (Pack.State.READY, "")
    assert made.done == made.total


def test_entries_that_are_not_signed_are_waited_for(told: Path, mina: Actor, today: date) -> None:
    records.create(mina, "risk", {"title": "New", "description": "Just now."})
    made = commands.create_pack(mina, recipient="A", purpose="B")
    stage = PackStage()
    while stage.advance():
        pass
    made.refresh_from_db()
    assert made.state == Pack.State.WAITING
    assert "not signed" in made.error


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"recipient": " "}, "recipient"),
        ({"recipient": "x" * 201}, "recipient"),
        ({"purpose": ""}, "purpose"),
        ({"requirements": ["iso42001:A.99"]}, "requirements"),
        ({"systems": ["nobody"]}, "systems"),
        ({"sample_size": 5001}, "sample"),
        ({"seed": "known before"}, "seed"),
        ({"sample_of": "nothing"}, "sample_of"),
        ({"expires": date(2026, 3, 2)}, "expires"),
        ({"start": 5, "stop": 5}, "from"),
        ({"start": 0, "stop": 10**9}, "from"),
        ({"start": -1}, "from"),
        ({"start": date(2026, 3, 3), "stop": date(2026, 3, 1)}, "until"),
    ],
)
def test_what_cannot_be_made_is_refused_by_field(
    mina: Actor, data: Path, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        commands.create_pack(mina, **{"recipient": "A", "purpose": "B", **changed})
    assert [fault.field for fault in refused.value.faults] == [field]
    assert not Pack.objects.exists()


def test_only_roles_with_the_permission_make_and_see_packs(
    told: Path, mina: Actor, sara: Actor, someone: Callable[[str, str], Actor]
) -> None:
    vera = someone("viewer", "Vera")
    with pytest.raises(NotAllowed):
        commands.create_pack(vera, recipient="A", purpose="B")
    pack = ask(mina)
    with pytest.raises(NotAllowed):
        commands.fetch(vera, pack.handle)
    assert [one.handle for one in queries.packs(sara)] == [pack.handle]
    with pytest.raises(NotFound):
        commands.fetch(mina, "pck_nothing")


def test_a_maker_limited_to_a_unit_discloses_no_more_than_they_see(told: Path, mina: Actor) -> None:
    operator = Actor.installation()
    unit = people.create_unit(operator, slug="claims", name="Claims")
    person = people.create_person(operator, email="una@halden.example", full_name="Una")
    people.give_grant(operator, person, "internal-auditor", unit=unit)
    people.create_unit(operator, slug="lending", name="Lending")
    records.create(mina, "risk", {"title": "Inside", "description": "Ours.", "unit": "claims"})
    records.create(mina, "risk", {"title": "Outside", "description": "Theirs.", "unit": "lending"})
    una = actor_of_person(person)
    whole, part = ask(mina), ask(una)
    # What a pack opens of records are revisions, and documents that have rows of them.
    revisions = [[body for body in shown(one) if b'"values":' in body] for one in (whole, part)]
    assert [sum(b"Outside" in body for body in bodies) for bodies in revisions] == [1, 0]
    assert [sum(b"Inside" in body for body in bodies) for bodies in revisions] == [1, 1]
    assert not [body for body in shown(part) if b"Outside" in body]
    assert [one.handle for one in queries.packs(una)] == [part.handle]
    with pytest.raises(NotFound):
        queries.pack_for(una, whole.handle)


def test_a_pack_is_not_handed_out_after_its_day(told: Path, mina: Actor) -> None:
    pack = ask(mina)
    Pack.objects.filter(pk=pack.pk).update(expires=date(2026, 3, 2))
    with pytest.raises(Conflict):
        commands.fetch(mina, pack.handle)


def test_a_pack_is_handed_out_on_its_last_day(told: Path, mina: Actor, today: date) -> None:
    assert commands.fetch(mina, ask(mina, expires=today).handle)[1].exists()


def test_the_findings_of_a_pack_name_no_record_out_of_scope(told: Path, mina: Actor) -> None:
    """Which treatment needs a control, or which risk has changed, may be of another system."""
    cited = findings.RowContext(clock.now(), cited={"iso42001:A.6.2.6": ("TRT-0001", "TRT-0002")})
    decided = {
        "requirement": "iso42001:A.6.2.6", "applicable": "no", "exclusion_reason": "None.", "state": "draft",
        "revision": 1, "risks": [], "next_review": None,
    }  # fmt: skip
    whole = applicability.statement(mina)
    row = replace(whole.rows[0], findings=findings.row_findings(decided, None, cited))
    scope = Scope(0, 1, frozenset({"TRT-0001"}), subjects=frozenset({"claims-triage"}))
    (kept,) = pack_build._redact_statement(replace(whole, rows=(row,)), scope).rows
    needed, draft = kept.findings
    assert "TRT-0001" in needed.text
    assert "TRT-0002" not in needed.text
    assert draft == row.findings[1]


def test_a_failed_pack_says_why_and_can_be_tried_again(told: Path, mina: Actor) -> None:
    made = commands.create_pack(mina, recipient="A", purpose="B")
    Pack.objects.filter(pk=made.pk).update(attempts=commands.TRIES)
    stage = PackStage()
    while stage.advance():
        pass
    made.refresh_from_db()
    assert made.state == Pack.State.FAILED
    assert made.error
    assert commands.retry(mina, made.handle).state == Pack.State.WAITING
    for _ in range(2):
        while stage.advance():
            pass
        story.sign()
        Pack.objects.update(retry_at=None)
    made.refresh_from_db()
    assert made.state == Pack.State.READY
    with pytest.raises(Conflict):
        commands.retry(mina, made.handle)


def test_a_seed_is_named_once_and_only_after_the_population_is_signed(told: Path, mina: Actor) -> None:
    made = commands.create_pack(mina, recipient="A", purpose="B", sample_size=2)
    story.sign()
    with pytest.raises(Conflict):
        commands.draw(mina, made.handle, "too early")
    made = commands.build_now(made)
    assert (made.state, made.seed) == (Pack.State.PREPARED, "")
    with pytest.raises(Unavailable):
        commands.draw(mina, made.handle, "not signed")
    story.sign()
    with pytest.raises(Invalid):
        commands.draw(mina, made.handle, " ")
    made = commands.draw(mina, made.handle, "auditor")
    with pytest.raises(Conflict):
        commands.draw(mina, made.handle, "another")


def test_a_sample_of_any_kind_of_record(told: Path, mina: Actor) -> None:
    for number in range(5):
        records.create(mina, "risk", {"title": f"Risk {number}", "description": "Too many."})
    records.amend(mina, "RSK-0002", {"title": "Amended"}, revision=1)
    pack = ask(mina, sample_of="risk", sample_size=3)
    said = json.loads(member(pack, "documents/sample.json"))
    assert said["population"] == {"left_out": {}, "of": "risk", "size": 6}
    assert len({log.leaf(row["entry"]).subject_ref for row in said["drawn"]}) == 3
    found = story.verify(commands.pack_path(pack.sha256), "--key", keys.vkey())
    assert found.returncode == 0, found.stdout
    assert "3 of 6 drawn" in found.stdout


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE records_record SET title = 'Harmless' WHERE reference = 'RSK-0001'", "title"),
        ("UPDATE records_record SET state = 'accepted' WHERE reference = 'RSK-0001'", "state"),
        ("DELETE FROM trail_opening WHERE slot = 'revision' AND \"index\" > 2", "openings of this range"),
    ],
)
def test_a_pack_of_a_database_edited_by_hand_is_not_built(
    told: Path, mina: Actor, change: str, named: str
) -> None:
    # Below Django, whose guard refuses this: as from a shell of the database.
    with transaction.atomic():
        connection.connection.cursor().execute(change)
    with pytest.raises(Unavailable, match=named):
        ask(mina)
    assert not list((told / "packs").glob("*.aipack"))


def test_rows_of_documents_rest_on_entries_and_the_rest_is_called_not_checked(
    told: Path, mina: Actor
) -> None:
    pack = ask(mina)
    found = story.verify(commands.pack_path(pack.sha256), "--key", keys.vkey()).stdout
    (rows,) = (line for line in found.splitlines() if "Documents are what" in line)
    (beyond,) = (line for line in found.splitlines() if "beyond" in line)
    assert "PASS" in rows
    assert "NOT CHECKED" in beyond
    for name in ("posture.json", "risks.csv level_today", "CONTENTS.txt"):
        assert name in beyond
    assert "in no entry" not in beyond
    assert "risks.csv title" not in beyond
