"""Versions of the posture: frozen as of a day by the product, approved as a whole, proved and compared."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from tests.authority import give_authority
from tests.decided import POLICY, put_in_force

from plumbline.clauses.evaluation.posture_versions import PostureVersion
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import Conflict, Invalid, NotAllowed, NotFound
from plumbline.records import commands, guard, kinds
from plumbline.records.commands import Saved
from plumbline.records.proofs import newest_entries, record_differences
from plumbline.reports import frozen_changes, posture_versions
from plumbline.reports.frozen_versions import NOW
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]
OUT = {"applicable": "no", "reasons": [], "justification": "", "exclusion_reason": "Nothing asks for it."}


def draft(actor: Actor, **values: Any) -> Saved:
    wanted = {"title": "Posture", "occasion": "Management review.", **values}
    return commands.create(actor, "posture-version", wanted)


def submitted(actor: Actor, **values: Any) -> Saved:
    saved = draft(actor, **values)
    return commands.move(actor, saved.reference, "submit", revision=saved.revision)


def approved(author: Actor, second: Actor, **values: Any) -> Saved:
    waiting = submitted(author, **values)
    return commands.move(second, waiting.reference, "approve", revision=waiting.revision)


def exclude(author: Actor, second: Actor) -> None:
    """Leave A.10.4 out, so that it reads *Not applicable* from then on."""
    values = {"title": "Left out", "requirement": "iso42001:A.10.4", **POLICY, **OUT}
    put_in_force(author, second, commands.create(author, "applicability", values))


def edited(reference: str) -> PostureVersion:
    """The version after somebody has made A.10.4 read better, behind the product's back."""
    record = PostureVersion.objects.get(reference=reference)
    row = next(row for row in record.content["posture"] if row["number"] == "A.10.4")
    row["measured"] = "Effective"
    with guard.opened("test"):
        record.save(update_fields=["content"])
    return record


def test_the_content_is_that_of_the_day_and_both_entries_name_its_digest(mina: Actor, sara: Actor) -> None:
    give_authority(sara)
    waiting = submitted(mina)
    with pytest.raises(NotAllowed):
        commands.move(mina, waiting.reference, "approve", revision=waiting.revision)
    done = commands.move(sara, waiting.reference, "approve", revision=waiting.revision)
    found = posture_versions.version(mina, done.reference)
    assert (found.number, found.day, found.state) == (1, "2026-03-03", "approved")
    assert len(found.content["posture"]) == 70
    assert str(posture_versions.counted(found)).startswith("Of 70 requirements: ")
    facts = log.leaf(waiting.leaf).facts["posture"]
    assert (facts["version"], facts["requirements"], facts["sha256"]) == (1, 70, found.sha256)
    assert log.leaf(done.leaf).facts["posture"] == {"version": 1, "sha256": found.sha256}


def test_a_version_is_approved_by_somebody_who_may_vouch_for_the_whole(mina: Actor, someone: Any) -> None:
    waiting = submitted(mina)
    with pytest.raises(NotAllowed, match="authority to approve the posture as a whole"):
        commands.move(
            someone("aims-manager", "Vera"), waiting.reference, "approve", revision=waiting.revision
        )
    given = someone("aims-manager", "Lars")
    give_authority(given, "approve posture")
    assert commands.move(given, waiting.reference, "approve", revision=waiting.revision).state == "approved"


def test_an_earlier_day_is_frozen_as_it_was_and_compared_with_today(mina: Actor, sara: Actor) -> None:
    give_authority(sara)
    before = clock.today().isoformat()
    with clock.frozen(clock.now() + timedelta(days=2)):
        exclude(mina, sara)
        then = approved(mina, sara, as_of_day=before)
        frozen = posture_versions.version(mina, then.reference)
        now = approved(mina, sara)
        found = posture_versions.compare(mina)
        of_days = posture_versions.compare(mina, before, NOW)
    assert (frozen.number, frozen.day) == (1, before)
    assert frozen.content["as_of"] == "2026-03-03T23:59:59.999999Z"
    states = {row["number"]: row["measured"] for row in frozen.content["posture"]}
    assert states["A.10.4"] != "Not applicable"
    assert (found.earlier.reference, found.later.reference) == (then.reference, now.reference)
    assert (found.later.number, found.later.day) == (2, "2026-03-05")
    (change,) = [row for row in found.changes if row.number == "A.10.4"]
    assert change.what == "measured"
    assert str(change.message).endswith("Not applicable now.")
    assert of_days.changes == found.changes
    assert frozen_changes.as_dict(of_days)["earlier"]["reference"] == ""
    assert posture_versions.version(mina, then.reference) == frozen


def test_what_was_judged_since_does_not_stop_an_approval_but_another_past_does(
    mina: Actor, sara: Actor
) -> None:
    give_authority(sara)
    first, second = submitted(mina), submitted(mina)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        exclude(mina, sara)
        done = commands.move(sara, first.reference, "approve", revision=first.revision)
        assert done.state == "approved"
        edited(second.reference)
        with pytest.raises(Conflict) as refused:
            commands.move(sara, second.reference, "approve", revision=second.revision)
    assert [(fault.field, str(fault.message)) for fault in refused.value.faults] == [
        ("content", "reads otherwise now for A.10.4"),
        ("version", f"is numbered like {first.reference}"),
    ]


def test_content_is_never_typed_and_is_frozen_anew_after_a_return(mina: Actor, sara: Actor) -> None:
    with pytest.raises(Invalid):
        draft(mina, content={"version": 9, "posture": []})
    with pytest.raises(Invalid):
        draft(mina, as_of_day=(clock.today() + timedelta(days=1)).isoformat())
    waiting = submitted(mina)
    back = commands.move(sara, waiting.reference, "return", revision=waiting.revision, reason="Say more.")
    amended = commands.amend(mina, waiting.reference, {"occasion": "Audit."}, revision=back.revision)
    assert not posture_versions.version(mina, amended.reference).content


def test_a_frozen_state_that_was_edited_differs_from_its_entry(mina: Actor, sara: Actor) -> None:
    give_authority(sara)
    done, kind = approved(mina, sara), kinds.get("posture-version")
    entry = newest_entries([done.reference])[done.reference]
    record = PostureVersion.objects.get(reference=done.reference)
    assert not list(record_differences(record, kind, entry))
    fields = {found.field for found in record_differences(edited(done.reference), kind, entry)}
    assert any("content" in field for field in fields), fields
    with guard.opened("test"):
        PostureVersion.objects.filter(reference=done.reference).update(version=7)
    record = PostureVersion.objects.get(reference=done.reference)
    fields = {found.field for found in record_differences(record, kind, entry)}
    assert any("version" in field for field in fields), fields


def test_an_approved_version_is_not_revised(mina: Actor, sara: Actor) -> None:
    give_authority(sara)
    done = approved(mina, sara)
    with pytest.raises(Invalid):
        commands.move(mina, done.reference, "revise", revision=done.revision)
    with pytest.raises(Conflict):
        commands.amend(mina, done.reference, {"title": "Another"}, revision=done.revision)


def test_without_two_versions_there_is_nothing_to_compare(mina: Actor) -> None:
    with pytest.raises(Conflict, match="No version has been approved yet"):
        posture_versions.compare(mina)
    with pytest.raises(Conflict, match="There is no earlier version"):
        posture_versions.compare(mina, later=NOW)
    with pytest.raises(NotFound):
        posture_versions.compare(mina, "PST-0999", NOW)
    with pytest.raises(NotFound, match="no version of the posture"):
        posture_versions.version(mina, "SOA-0001")
    with pytest.raises(Conflict, match="has no content yet"):
        posture_versions.compare(mina, draft(mina).reference, NOW)
    for day in ("2026-03-04", "2026-13-01"):
        with pytest.raises(Invalid):
            posture_versions.compare(mina, day, NOW)


def test_whoever_reads_one_unit_freezes_nothing(mina: Actor) -> None:
    unit = people.create_unit(Actor.installation(), slug="claims", name="Claims")
    person = people.create_person(Actor.installation(), email="kim@halden.example", full_name="Kim")
    people.give_grant(Actor.installation(), person, "aims-manager", unit=unit)
    saved = draft(mina)
    with pytest.raises(NotAllowed):
        commands.move(actor_of_person(person), saved.reference, "submit", revision=saved.revision)
    with pytest.raises(NotAllowed):
        posture_versions.compare(actor_of_person(person), NOW, NOW)


def test_as_csv_every_row_says_of_which_version_it_is(mina: Actor) -> None:
    found = posture_versions.version(mina, submitted(mina).reference)
    lines = list(
        csv.DictReader(io.StringIO("".join(posture_versions.csv_text(found)).removeprefix("\ufeff")))
    )
    assert len(lines) == 70
    assert {(line["version"], line["day"], line["sha256"]) for line in lines} == {
        ("1", "2026-03-03", found.sha256)
    }
