"""Packs over a log with a new epoch, of an organization that moved, or whose clock was put right.

The entries themselves say so, and nothing else may: every forgery here hashes and is signed by the log.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from tests.trail.test_log_state import roll_back
from tests.verify.test_html import browser_page as browser_page
from tests.verify.test_html import in_browser, in_python

from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.merkle import tree_root
from plumbline.kernel.note import TreeHead, sign
from plumbline.trail import commands as append
from plumbline.trail import keys, log, models, packfile, publisher, queries
from plumbline.trail.recovery import commands, plan
from plumbline.trail.transfer import commands as transfer
from plumbline_verify import verify

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.django_db(transaction=True)]

ACTOR = "stage:operator"
OLD, NEW = "plumbline.test/main/1", "plumbline.test/main/2"


def built(start: int = 0, stop: int | None = None, since: Any = None) -> bytes:
    """A pack of entries of the present log, as the builder writes it."""
    out = io.BytesIO()
    packfile.build_pack(
        out, scope={}, start=start, stop=stop, since=since, recipient="Auditor", purpose="audit"
    )
    return out.getvalue()


def results(data: bytes, key: str, jobs: int = 1, since: str = "") -> dict[str, tuple[str, str]]:
    """Word and text of every step; the exit code must agree with them."""
    check = verify.Check(data, key, since.encode(), jobs)
    failed = check.run()
    found: dict[str, tuple[str, str]] = check.results
    assert failed == int("FAIL" in dict(found.values()))
    return found


def failing(data: bytes, key: str) -> set[str]:
    """The steps that fail."""
    return {step for step, (word, _) in results(data, key).items() if word == "FAIL"}


def present_key() -> str:
    """The key under which the log is verified now."""
    return str(keys.load(django_settings.PLUMBLINE.data).log.verifier)


@pytest.fixture
def epoch(trail: Any) -> Any:
    """Nine signed entries, of which three are lost; a new epoch, and 300 more entries."""
    trail.append(4)
    publisher.publish()
    trail.append(4)
    publisher.publish()
    roll_back(6)
    commands.open_epoch(ACTOR, plan.make([]))
    trail.append(300, openings={})
    publisher.publish()
    return trail


def test_a_pack_across_epochs_verifies_and_says_what_is_lost(epoch: Any) -> None:
    key = present_key()
    data = built()
    found = results(data, key)
    assert "FAIL" not in dict(found.values())
    assert (found["checkpoint"][0], found["checkpoint"][1]) == ("PASS", NEW)
    assert f"{NEW} from entry 6, 4 of 9 of {OLD} lost or unproven" in found["tree"][1]
    assert results(data, key, jobs=2) == found
    assert results(data, epoch.report.vkey)["checkpoint"][0] == "PASS"  # the same key under its old name
    for start, stop in ((0, 4), (5, 8), (6, 9), (7, 260), (280, 300)):
        assert not failing(built(start, stop), key), (start, stop)


def test_an_old_checkpoint_counts_up_to_where_the_epochs_agree(trail: Any) -> None:
    trail.append(4)
    agreed = publisher.publish().note
    trail.append(4)
    lost = publisher.publish().note
    roll_back(6)
    key = commands.open_epoch(ACTOR, plan.make([]))
    data = built()
    assert results(data, key, since=agreed)["growth"][0] == "PASS"
    assert results(data, key, since=lost)["growth"][0] == "FAIL"


def test_an_entry_of_a_continued_pack_is_shown(epoch: Any, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "a.aipack").write_bytes(built())
    for index, origin in ((5, OLD), (6, NEW)):
        assert verify.main(["show", str(tmp_path / "a.aipack"), str(index), "--key", present_key()]) == 0
        assert f'"origin": "{origin}"' in capsys.readouterr().out


def entries() -> list[bytes]:
    """Every entry of the present log."""
    return [view.body for view in log.leaves(0, log.size())]


def rewritten(honest: list[bytes], changes: dict[int, dict[str, Any]]) -> bytes:
    """A pack of a log of these entries with some fields changed, hashed and signed by the log's own key."""
    bodies = [canonical(json.loads(body) | changes.get(index, {})) for index, body in enumerate(honest)]
    for model in (models.Leaf, models.Checkpoint, models.Tile):
        model.objects.all().delete()
    models.Coordinator.objects.update(size=0, frontier=b"", counters=b"{}")
    with transaction.atomic():
        append.restore(bodies, [])
    state, signer = queries.state(), keys.load(django_settings.PLUMBLINE.data).log
    root = tree_root(state.size, queries.stored_tree().node)
    note = sign(TreeHead(signer.name, state.size, root).text(), signer.verifier, signer.sign)
    models.Checkpoint.objects.create(size=state.size, root=root, note=str(note), time=state.last_time)
    return built()


def opening(**change: Any) -> dict[str, Any]:
    """Facts of the entry that opens an epoch behind six of nine entries, with something else in them."""
    old = {"origin": OLD, "size": 9, "root": "00" * 32}
    return {"old": old | change.pop("old", {}), "agreed": 5, "kept": 6, "lost": 3} | change


FORGED: dict[str, dict[int, dict[str, Any]]] = {
    "earlier than its entry": {5: {"origin": NEW}},
    "back again": {8: {"origin": OLD}},
    "back from the next bundle on": {n: {"origin": OLD} for n in range(256, 307)},
    "no entry that opens it": {6: {"type": "record.created"}},
    "an entry under the old name": {6: {"origin": OLD}},
    "another log before it": {6: {"facts": opening(old={"origin": "plumbline.test/other/1"})}},
    "more agreed than there were": {6: {"facts": opening(old={"size": 4})}},
    "more agreed than there are": {6: {"facts": opening(agreed=7)}},
    "another place": {6: {"facts": opening(kept=5)}},
    "opened twice": {9: {"type": "trail.epoch-opened", "facts": opening(kept=9)}},
    "opened and back": {
        9: {"type": "trail.epoch-opened", "facts": opening(old={"origin": NEW}, kept=9), "origin": OLD}
    },
    "moved to itself": {9: {"type": "log.continued", "facts": opening(old={"origin": NEW}, keys={})}},
}


@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_name_that_no_entry_accounts_for_fails(epoch: Any, changes: dict[int, dict[str, Any]]) -> None:
    key = present_key()
    data = rewritten(entries(), changes)
    assert results(data, key)["tree"][0] == "FAIL"
    assert results(data, key, jobs=2)["tree"] == results(data, key)["tree"]


def test_what_is_rewritten_as_it_was_verifies(epoch: Any) -> None:
    """So that the forgeries fail for what they change."""
    assert not failing(rewritten(entries(), {6: {"facts": opening()}}), present_key())


@pytest.fixture
def moved(trail: Any, settings: Any) -> tuple[str, str]:
    """A log that another installation has taken over: the verifier keys of both."""
    trail.append(8, openings={})
    publisher.publish()
    checkpoint = log.latest_checkpoint()
    old = transfer.OldLog(OLD, 9, checkpoint.root, checkpoint.note, trail.report.vkey)
    bodies = entries()
    for model in (models.Leaf, models.Opening, models.Checkpoint, models.Tile, models.Coordinator):
        model.objects.all().delete()
    new = trail.data / "new"
    settings.PLUMBLINE = replace(settings.PLUMBLINE, data=new, guard=str(new / "guard" / "guard.json"))
    with transaction.atomic():
        transfer.take_over(old, bodies, [])
        made = transfer.begin(new, settings.PLUMBLINE.guard_file, "plumbline.test/new/1", old, {})
    trail.append(3, openings={})
    publisher.publish()
    return trail.report.vkey, made.vkey


def test_a_pack_of_an_organization_that_moved_verifies_with_its_new_key(moved: tuple[str, str]) -> None:
    old, new = moved
    data = built()
    found = results(data, new)
    assert "FAIL" not in dict(found.values())
    assert f"plumbline.test/new/1 from entry 9, 0 of 9 of {OLD} lost" in found["tree"][1]
    for start, stop in ((0, 4), (4, 10), (9, 12), (10, 13)):
        assert not failing(built(start, stop), new), (start, stop)
    # The old key has not signed that it goes on here.
    assert failing(data, old) == {"checkpoint"}


def test_an_organization_that_moved_with_fewer_entries_fails(moved: tuple[str, str]) -> None:
    honest, facts = entries(), dict(log.leaf(9).facts)
    for change in ({"agreed": 8}, {"old": {**facts["old"], "size": 12}}):
        assert results(rewritten(honest, {9: {"facts": facts | change}}), moved[1])["tree"][0] == "FAIL"


@pytest.fixture
def corrected(trail: Any) -> Any:
    """Entries 256 and 257 are dated 20 days ahead, entry 258 corrects it, and one more follows."""
    trail.append(255, openings={})
    with clock.frozen(clock.now() + timedelta(days=20)):
        trail.append(2, openings={})
        publisher.publish()
    commands.correct_clock(ACTOR)
    trail.append(openings={})
    publisher.publish()
    return trail


def test_times_go_back_at_a_correction_and_nowhere_else(corrected: Any) -> None:
    key = present_key()
    found = results(built(), key)
    assert "FAIL" not in dict(found.values())
    assert found["times"][1].endswith("entry 258: entries 256 to 257 carry the time of a wrong clock")
    assert results(built(), key, jobs=2) == found
    for start, stop in ((256, 259), (257, 260), (258, 260), (259, 260)):
        assert not failing(built(start, stop), key), (start, stop)
    honest = entries()
    for change in wrong_times(honest):
        assert failing(rewritten(honest, change), key) == {"times"}, change


def wrong_times(honest: list[bytes]) -> list[dict[int, dict[str, Any]]]:
    """Times that go back without a correction, or at one that names other entries."""
    facts, early = json.loads(honest[258])["facts"], "2001-01-01T00:00:00.000000Z"
    return [
        {258: {"type": "record.amended"}},
        {258: {"facts": facts | {"first": 257}}},
        {258: {"facts": facts | {"last": 258}}},
        {258: {"time": early}},
        {257: {"time": early}},
    ]


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_says_the_same_of_names(browser_page: Page, epoch: Any) -> None:
    honest, key = entries(), present_key()
    packs = [built(), built(280, 300), *(rewritten(honest, changes) for changes in FORGED.values())]
    agree(browser_page, packs, key)


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_says_the_same_of_times(browser_page: Page, corrected: Any) -> None:
    honest, key = entries(), present_key()
    agree(browser_page, [built(), *(rewritten(honest, change) for change in wrong_times(honest))], key)


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_says_the_same_of_an_organization_that_moved(
    browser_page: Page, moved: tuple[str, str]
) -> None:
    for key in moved:
        agree(browser_page, [built(), built(10, 13)], key)


def agree(page: Page, packs: list[bytes], key: str) -> None:
    """Both verifiers give the same word for every step, and the same sentences about names and times."""
    for data in packs:
        code, found = in_browser(page, data, key)
        words = {step: word for step, (word, _) in found.items()}
        assert (code, words) == in_python(data, key)
        expected = results(data, key)
        if words["tree"] == "PASS":
            assert found["tree"][1] == expected["tree"][1]
        if words["times"] == "PASS":
            assert found["times"][1] == expected["times"][1]
