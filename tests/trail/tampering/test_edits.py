"""Every edit behind the trail's back is found by a scrub, and never shown as if it were proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.trail.tampering.edits import EDITS, Edit
from tests.trail.tampering.organization import Organization

from plumbline.trail import log, proof_scrub, proofs
from plumbline.trail.findings import queries

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.data_layer, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def browser() -> Client:
    """The browser of the AIMS manager."""
    from django.test import Client

    from plumbline.identity.models import Person

    client = Client()
    client.force_login(Person.objects.get(email="clerk@authority.example"))
    return client


KINDS = {edit.table for edit in EDITS if edit.table.startswith("clauses.")}
TRIED_ELSEWHERE = {
    "trail.Tile": "tests/trail/test_guard.py",
    "trail.Checkpoint": "here, found in the tree",
    "trail.Coordinator": "here, found in the tree",
    "trail.AnchorReceipt": "tests/anchors",
    "guard/*": "here, found in the tree",
    "plumbline.db*": "each of its tables",
    "openings.db*": "each of its tables",
    "spool.db*": "each of its tables",
    "spool.db/gap": "here, found in spool.db/source",
    "evidence.duckdb*": "each of its tables",
    "metrics.Reference": "tests/metrics",
    "reports.IssuedDocument": "tests/reports/test_issued_documents.py",
    "reports.SamplePopulation": "tests/honesty/test_audit_samples.py",
    "reports.SampleDraw": "tests/honesty/test_audit_samples.py",
    "reports.SampleMark": "tests/honesty/test_audit_samples.py",
    "reports.PrivateNote": "tests/honesty/test_private_notes.py",
    "controls.ResidualLevel": "tests/controls",
}
"""What is proved and has no edit of its own here, and where somebody tampers with it."""


def test_every_proof_is_tried_by_an_edit() -> None:
    """One pass compares the records of all kinds by their fields, so that some kinds stand for all."""
    assert len(EDITS) >= 60
    assert len({edit.what for edit in EDITS}) == len(EDITS)
    assert len(KINDS) >= 3
    proved = {proof.table for proof in proofs.proofs() if not proof.table.startswith("clauses.")}
    tried = {edit.table for edit in EDITS}
    assert proved - tried == TRIED_ELSEWHERE.keys()


@pytest.mark.parametrize("edit", EDITS, ids=[edit.what for edit in EDITS])
def test_an_edit_is_found_by_a_scrub_and_on_read(installed: Organization, edit: Edit) -> None:
    page = edit.page.format(**{name.replace(" ", "_"): value for name, value in installed.names.items()})
    if page:
        assert browser().get(page).status_code == 200, "before the edit it is shown"
    edit.act(installed)
    if page:
        answer = browser().get(page)
        assert answer.status_code == 500
        assert "not what the record of entries commits to" in answer.content.decode()
        assert queries.count(), "what a reader meets is kept"
    result = proof_scrub.scrub_all()
    assert not result.ok
    found = [view.difference for view in queries.findings()]
    assert edit.table in {difference.table for difference in found}
    for difference in found:
        assert difference.row
        assert difference.field
        assert difference.expected != difference.found
    if result.tree.ok:
        incidents = {entry.index for entry in log.search(entry_type="trail.incident", limit=1_000)}
        assert {view.incident for view in queries.findings(1_000)} == incidents
