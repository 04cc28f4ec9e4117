"""Every edit behind the trail's back is found by a scrub, and never shown as if it were proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.trail.tampering.edits import EDITS, Edit
from tests.trail.tampering.organization import Organization

from plumbline.trail import log, proof_scrub
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


def test_the_table_covers_what_is_declared() -> None:
    assert len(EDITS) >= 60
    assert len({edit.what for edit in EDITS}) == len(EDITS)


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
