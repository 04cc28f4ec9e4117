"""What nobody has changed is not found: without this, finding every edit would prove nothing."""

from __future__ import annotations

import pytest
from tests.trail.tampering.organization import Organization

from plumbline.trail import proof_scrub, proofs
from plumbline.trail.findings import queries

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_an_untouched_installation_has_no_findings(installed: Organization) -> None:
    result = proof_scrub.scrub_all()
    assert [view.difference for view in queries.findings()] == []
    assert result.ok
    assert result.compared > 100
    state = queries.scrub_state()
    assert state.finished_at is not None
    assert (state.running, state.differences, state.findings) == ("", 0, 0)


def test_every_derived_table_is_the_same_after_it_was_rebuilt(installed: Organization) -> None:
    for proof in proofs.proofs():
        if proof.rebuild is not None:
            assert proof.rebuild() >= 0
    result = proof_scrub.scrub_all()
    assert [view.difference for view in queries.findings()] == []
    assert result.ok
