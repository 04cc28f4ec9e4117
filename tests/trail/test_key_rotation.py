"""L22 and L23: a key is replaced with an overlap or announced by the recovery key; nothing else names one."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from plumbline.kernel import clock
from plumbline.kernel.note import Note, VerifierKey, encode64
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.trail import key_history, keys, log, publisher, queries, rotation
from plumbline.trail.errors import ReadOnly
from plumbline.trail.key_history import LOG, PACK, statement

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def signers_of(note: str, *vkeys: str) -> list[bool]:
    """Which of these keys have signed."""
    return [Note.parse(note).signed_by(VerifierKey.parse(vkey)) for vkey in vkeys]


def test_both_keys_sign_until_the_old_one_is_retired(trail):
    trail.append(2)
    before = publisher.publish()
    done = rotation.rotate(trail.data)
    assert (done.old, done.role) == (trail.report.vkey, LOG)
    during = publisher.publish()
    assert signers_of(before.note, done.old, done.new) == [True, False]
    assert signers_of(during.note, done.old, done.new) == [True, True]
    assert keys.vkey() == done.new
    retired = rotation.retire(trail.data)
    after = publisher.publish()
    assert after.size == retired + 1
    assert signers_of(after.note, done.old, done.new) == [False, True]
    old, new = key_history.history().log
    assert (old.since, old.until, new.since, new.until) == (-1, retired, done.entry, None)
    assert publisher.scrub().ok


def test_the_entry_is_signed_by_both_keys(trail):
    done = rotation.rotate(trail.data)
    facts = log.leaf(done.entry).facts
    old, new = VerifierKey.parse(facts["old"]), VerifierKey.parse(facts["new"])
    message = statement("rotate", LOG, old, new)
    signatures = [base64.b64decode(text) for text in facts["signatures"]]
    assert [old.verifies(message, signatures[0]), new.verifies(message, signatures[1])] == [True, True]
    assert not old.verifies(message, signatures[1])


def test_the_secret_of_a_retired_key_is_gone_and_the_new_one_is_the_owners_alone(trail):
    folder = trail.data / "keys"
    old = (folder / "log.key").read_bytes()
    rotation.rotate(trail.data)
    rotation.retire(trail.data)
    files = sorted(file.name for file in folder.iterdir() if file.suffix == ".key")
    assert files == ["log.key", "pack.key"]
    assert (folder / "log.key").read_bytes() != old
    assert (folder / "log.key").stat().st_mode & 0o777 == 0o600


def test_a_pack_key_is_replaced_at_once(trail):
    done = rotation.rotate(trail.data, PACK)
    assert str(keys.load(trail.data).pack.verifier) == done.new
    old, new = key_history.history().pack
    assert (old.until, new.since, done.overlap_ends) == (done.entry, done.entry, None)
    assert publisher.publish() is not None
    assert signers_of(queries.latest_checkpoint().note, trail.report.vkey) == [True]


def test_the_overlap_ends_by_itself_when_its_time_has_come(trail):
    start = clock.now()
    with clock.frozen(start):
        rotation.rotate(trail.data, overlap=timedelta(days=7))
    with clock.frozen(start + timedelta(days=6)):
        assert not rotation.retire_when_due(trail.data)
    with clock.frozen(start + timedelta(days=7)):
        assert rotation.retire_when_due(trail.data)
        assert not rotation.retire_when_due(trail.data)
    assert [period.until is None for period in key_history.history().log] == [False, True]


def test_two_rotations_follow_each_other_but_do_not_run_together(trail):
    first = rotation.rotate(trail.data)
    with pytest.raises(Conflict):
        rotation.rotate(trail.data)
    rotation.retire(trail.data)
    second = rotation.rotate(trail.data)
    assert second.old == first.new
    checkpoint = publisher.publish()
    assert signers_of(checkpoint.note, trail.report.vkey, first.new, second.new) == [False, True, True]
    with pytest.raises(Invalid):
        rotation.rotate(trail.data, "session")
    rotation.retire(trail.data)
    with pytest.raises(Conflict):
        rotation.retire(trail.data)


def test_a_lost_key_is_announced_by_the_recovery_key(trail):
    trail.append(2)
    assert publisher.publish() is not None
    (trail.data / "keys" / "log.key").unlink()
    trail.append()
    with pytest.raises(ReadOnly, match="announce-key"):
        publisher.publish()
    with pytest.raises(ReadOnly):
        rotation.rotate(trail.data)
    done = rotation.announce(trail.data, f" {trail.report.recovery}\n")
    checkpoint = publisher.publish()
    assert signers_of(checkpoint.note, done.old, done.new) == [False, True]
    facts = log.leaf(done.entry).facts
    recovery = VerifierKey.parse(trail.report.recovery_vkey)
    message = statement("announce", LOG, VerifierKey.parse(done.old), VerifierKey.parse(done.new))
    assert recovery.verifies(message, base64.b64decode(facts["signature"]))
    assert publisher.scrub().ok
    assert [period.announced for period in key_history.history().log] == [False, True]


@pytest.mark.parametrize("text", ["", "nonsense", encode64(bytes(31)), encode64(bytes(32))])
def test_nothing_else_announces_a_key(trail, text):
    size = queries.size()
    with pytest.raises(Invalid):
        rotation.announce(trail.data, text)
    assert queries.size() == size
    assert keys.vkey() == trail.report.vkey


def test_a_key_file_without_its_entry_signs_nothing(trail):
    """The stop between writing the file and committing the entry."""
    keys.store(trail.data, LOG, keys.make("plumbline.test/main/1"))
    assert keys.vkey() == trail.report.vkey
    assert signers_of(publisher.publish().note, trail.report.vkey) == [True]


def _append(entry_type, facts):
    with transaction.atomic():
        log.append(entry_type, actor="stage:keys", facts=facts, source="trail")


def test_an_entry_without_the_right_signatures_names_no_key(trail):
    """Whoever can write entries, but has no key, cannot choose who may sign."""
    thief = keys.make("plumbline.test/main/1")
    old = VerifierKey.parse(trail.report.vkey)
    own = encode64(thief.sign(statement("rotate", LOG, old, thief.verifier)))
    facts = {"role": LOG, "old": str(old), "new": str(thief.verifier), "until": clock.rfc3339(clock.now())}
    _append("key.rotated", {**facts, "signatures": [own, own]})
    _append(
        "key.announced",
        {**facts, "signature": encode64(thief.sign(statement("announce", LOG, old, thief.verifier)))},
    )
    _append(
        "key.created",
        {"keys": {"log": str(thief.verifier), "pack": str(thief.verifier), "recovery": str(thief.verifier)}},
    )
    _append("key.retired", {"role": LOG, "old": str(old), "new": str(thief.verifier)})
    _append("key.rotated", {"role": 7})
    known = key_history.history()
    assert [str(period.key) for period in known.log] == [trail.report.vkey]
    assert known.log[0].until is None
    assert publisher.publish() is not None


def test_a_statement_for_one_role_or_act_serves_no_other(trail):
    old = keys.load(trail.data).log
    new = keys.make(old.name)
    for action, role in (("announce", LOG), ("rotate", PACK)):
        message = statement(action, role, old.verifier, new.verifier)
        both = [encode64(old.sign(message)), encode64(new.sign(message))]
        facts = {"role": LOG, "old": str(old.verifier), "new": str(new.verifier), "signatures": both}
        _append("key.rotated", {**facts, "until": clock.rfc3339(clock.now())})
    assert len(key_history.history().log) == 1


def test_a_checkpoint_that_only_the_old_key_signed_after_its_retirement_is_refused(trail):
    """A stolen key that was retired makes no checkpoint of today."""
    stolen = keys.load(trail.data).log
    rotation.rotate(trail.data)
    rotation.retire(trail.data)
    checkpoint = publisher.publish()
    forged = replace(keys.load(trail.data), history=key_history.KeyHistory(), log=stolen)
    assert not forged.signed(Note.parse(checkpoint.note), checkpoint.size)
    assert keys.load(trail.data).signed(Note.parse(checkpoint.note), checkpoint.size)
