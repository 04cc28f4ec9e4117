"""The organization that rewrites its whole history before the audit: every anchor shows it.

It holds the machine, the database and every key, so it makes a history that is whole in itself, signed by the
right key, with a guard and a signer's memory to match. What others hold is all that can speak against it.
"""

from __future__ import annotations

import subprocess

import pytest
from django.db import connection
from tests.delivery.conftest import mailbox as mailbox

from plumbline.anchors import queries, stage
from plumbline.anchors.folder import file_name
from plumbline.anchors.models import AnchorState
from plumbline.config import MailSecurity
from plumbline.kernel import merkle
from plumbline.kernel.note import Note, TreeHead
from plumbline.trail import guard as guards
from plumbline.trail import log, log_state, models, publisher
from plumbline.trail.anchor_receipts import queries as receipts
from plumbline.trail.guard import Guard

pytestmark = [pytest.mark.django_db(transaction=True)]


def rewrite(trail, *, entries: int) -> log.Checkpoint:
    """Make another history of ``entries`` entries under the same keys, and sign it."""
    first = log.leaf(0)
    for table in (models.Leaf, models.Tile, models.Opening, models.Checkpoint, models.Coordinator,
                  models.AnchorReceipt):  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table._meta.db_table}")
    AnchorState.objects.all().delete()
    (trail.data / "keys" / "signer.json").unlink()
    trail.guard.unlink()
    Guard.create(trail.guard, origin="plumbline.test/main/1", time=first.time)
    from django.db import transaction

    with transaction.atomic():
        log.append("key.created", actor="stage:init", subject=first.subject, facts=first.facts,
                   source="trail", retention="permanent")  # fmt: skip
    trail.append(entries - 1, openings={"body": b'{"title":"Nothing ever went wrong"}'})
    log_state.forget()
    checkpoint = publisher.publish()
    assert checkpoint is not None
    assert publisher.scrub().ok
    assert guards.read(trail.guard).size == checkpoint.size
    return checkpoint


def contradiction(anchor):
    """In what the one target of an anchor contradicts the trail."""
    (status,) = [status for status in queries.anchoring().statuses if status.anchor == anchor]
    assert status.contradicted_at is not None
    assert "another history" in str(queries.anchoring().claim)
    (entry,) = log.search("trail.contradicted")
    assert entry.subject_ref == f"{anchor}:{status.name}"
    return str(status.contradiction)


@pytest.mark.parametrize("entries", [3, 4, 9])
def test_the_folder_on_another_path_shows_it(trail, tmp_path, configure, entries):
    """With fewer entries than before, with as many, and with more."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    configure(anchor_folder=str(folder))
    trail.append(3)
    publisher.publish()
    assert stage.send_now() == 1
    rewrite(trail, entries=entries)
    assert stage.send_now() == 0
    assert "remembers" in contradiction("folder") or "another checkpoint" in contradiction("folder")


@pytest.mark.parametrize("entries", [3, 4, 9])
def test_the_git_remote_shows_it_and_keeps_what_it_had(trail, git_remote, configure, entries):
    trail.append(3)
    checkpoint = publisher.publish()
    assert stage.send_now() == 1
    rewrite(trail, entries=entries)
    assert stage.send_now() == 0
    assert contradiction("git")
    shown = subprocess.run(
        ["git", "-C", str(git_remote), "show", f"checkpoints:{file_name('plumbline.test/main/1', 4)}"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout == checkpoint.note


@pytest.mark.parametrize("entries", [3, 4, 9])
def test_the_witness_shows_it_and_keeps_the_proof(trail, witness, entries):
    trail.append(3)
    before = publisher.publish()
    assert stage.send_now() == 1
    rewrite(trail, entries=entries)
    assert stage.send_now() == 0
    assert contradiction("witness")
    assert witness.memory.last("plumbline.test/main/1") == TreeHead.parse(Note.parse(before.note).text)
    if entries > 3:
        assert witness.memory.conflicts()


def test_a_time_stamp_that_was_handed_out_fits_no_checkpoint_of_the_new_history(
    trail, stamps, authority, tmp_path
):
    """No authority remembers: it is whoever has kept the stamp and the note that shows it."""
    from datetime import UTC, datetime

    from tests.clock import real

    from plumbline.kernel import clock

    with clock.frozen(datetime.fromtimestamp(real(), UTC)):
        trail.append(3)
        before = publisher.publish()
        assert stage.send_now() == 1
        (receipt,) = receipts.at_size(before.size)
        after = rewrite(trail, entries=before.size)
    assert authority.verify(before.note.encode(), receipt.evidence, tmp_path)
    assert not authority.verify(after.note.encode(), receipt.evidence, tmp_path)


def test_a_checkpoint_that_was_mailed_does_not_lead_to_the_new_history(trail, mailbox, configure):
    configure(
        anchor_mail="auditor@example.org", mail_host="127.0.0.1", mail_port=mailbox.port,
        mail_security=MailSecurity.NONE, mail_from="aims@example.org",
    )  # fmt: skip
    trail.append(3)
    before = publisher.publish()
    assert stage.send_now() == 1
    (letter,) = mailbox.messages
    text = letter.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert before.note in text
    assert "auditor" not in log.search("trail.anchored")[0].body.decode()
    after = rewrite(trail, entries=9)
    kept = TreeHead.parse(Note.parse(before.note).text)
    path = log.consistency(kept.size, after.size).path
    assert not merkle.verify_consistency(kept.size, after.size, kept.root, after.root, path)


def test_a_stranger_who_can_write_to_the_folder_is_not_believed(trail, tmp_path, configure):
    """Only checkpoints that our own keys have signed speak against us."""
    from plumbline.kernel.note import sign
    from plumbline.trail import keys

    folder = tmp_path / "elsewhere"
    folder.mkdir()
    configure(anchor_folder=str(folder))
    thief = keys.make("plumbline.test/main/1")
    note = sign(TreeHead(thief.name, 99, bytes(32)).text(), thief.verifier, thief.sign)
    (folder / "plumbline.test_main_1-0000000000000000099.checkpoint").write_text(str(note))
    publisher.publish()
    assert stage.send_now() == 1
    assert not queries.anchoring().is_contradicted
