"""Ingest while the trail takes no entries: stored within a bound, said so, and logged once it takes them."""

from __future__ import annotations

import pytest
from tests.telemetry.conftest import batch, event

from plumbline.kernel.problems import Unavailable
from plumbline.telemetry import intake, spool
from plumbline.trail import log, log_state
from plumbline.trail.errors import ReadOnly

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def read_only(monkeypatch):
    """A log that takes nothing until the answer is called."""
    found = log_state.LogState(log_state.Mode.READ_ONLY, "rolled-back", "The guard has seen more.")

    def refused(*_):
        raise ReadOnly("rolled-back", "The guard has seen more.")

    with monkeypatch.context() as patch:
        patch.setattr(log_state, "current", lambda: found)
        patch.setattr(log_state, "require_agreement", refused)
        yield patch.undo


def take(config, *events):
    return intake.accept(batch(*events), intake.JSON_TYPE, "", "per_1", config)


def test_f9_events_are_stored_and_their_sender_is_told_that_they_wait(config, read_only):
    """No entry, no error: sending again would be wrong, and a known event stays known."""
    first = event()
    receipt = take(config, first)
    assert (receipt.leaf_index, receipt.accepted) == (None, 1)
    assert receipt.as_dict()["waiting"]["reason"] == "rolled-back"
    assert "Do not send them a second time" in receipt.as_dict()["waiting"]["detail"]
    assert take(config, first).duplicates == 1
    assert intake.recover(config.data) == 0
    read_only()
    assert intake.recover(config.data) == 1
    assert log.search(entry_type="telemetry.segment")[0].subject_ref == str(receipt.segment_id)
    assert "waiting" not in take(config, event()).as_dict()


def test_f9_the_spool_has_a_bound(config, read_only, monkeypatch):
    monkeypatch.setattr(spool, "UNLOGGED_LIMIT", 2)
    take(config, event())
    take(config, event())
    with pytest.raises(Unavailable):
        take(config, event())
