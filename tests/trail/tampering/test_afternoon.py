"""The forger's afternoon (issue 8): nothing but a database shell, and every line of it is found and shown.

One script, line after line on one installation: what a reader opens says what differs instead of showing it,
the scrub names all of it, and the page of the verification shows it to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.trail import compared
from tests.trail.tampering.edits import _execute
from tests.trail.tampering.organization import Organization
from tests.trail.tampering.test_edits import browser
from tests.web import reading

from plumbline.identity.actors import actor_of_person
from plumbline.identity.models import Person
from plumbline.kernel.problems import Problem
from plumbline.records import guard
from plumbline.reports import commands
from plumbline.trail import log, publisher
from plumbline.trail.findings import queries

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

LINES: tuple[tuple[str, str, str], ...] = (
    ("a risk is retitled", "UPDATE records_record SET title = 'Nothing' WHERE reference = '{risk}'", "title"),
    ("its likelihood is lowered", "UPDATE clauses_risk SET likelihood = 1", "likelihood"),
    (
        "revisions are dated back, with a forged author",
        "UPDATE records_revision SET at = '2020-01-01 00:00:00+00', actor = '{Sara}' WHERE actor = '{Mina}'",
        "at",
    ),
    (
        "drafts are set to approved",
        "UPDATE records_record SET state = 'approved' WHERE state = 'draft'",
        "state",
    ),
    (
        "every failing result is set to Within",
        "UPDATE controls_result SET word = 'Within' WHERE word = 'Over limit'",
        "word",
    ),
    ("a manager's role is forged", "UPDATE identity_grant SET role = 'aims-manager'", "role"),
    ("openings are deleted", "DELETE FROM trail_opening WHERE slot = 'comment'", "row"),
    ("points are set to nothing", "UPDATE metrics_point SET count = 0, total = 0", "count"),
)
"""What is done, the statement, and the field under which a scrub names it."""
CHILDREN = (
    "records_recordindex", "records_searchtext", "records_revision", "records_approval", "records_comment",
    "records_attachment",
)  # fmt: skip


def test_every_line_of_the_afternoon_is_found_named_and_shown(installed: Organization) -> None:
    names = {name.replace(" ", "_"): value for name, value in installed.names.items()}
    mina = browser()
    mina.post(reverse("verify-now"))
    compared.by_the_stage()
    assert "Record intact" in reading.read(mina.get("/help/").content).text
    for _, statement, _ in LINES:
        _execute(statement.format(**names))
    _delete_nonconformities()
    _delete_events(installed)
    _is_shown_instead(mina, installed)
    mina.post(reverse("verify-now"))
    compared.by_the_stage()
    found = [view.difference for view in queries.findings(1_000)]
    for what, _, field in LINES:
        assert field in {difference.field for difference in found}, what
    assert "openings.db/opening" in {difference.table for difference in found}
    gone = {(difference.table, difference.row) for difference in found if difference.field == "row"}
    assert ("records.Record", installed.names["nonconformity"]) in gone
    _no_pack_is_made(installed)
    page = reading.read(mina.get(reverse("verification")).content).text
    assert "The record is broken." in page
    for difference in found[:50]:
        assert difference.table in page
        assert difference.row in page
    assert "Record broken" in reading.read(mina.get("/help/").content).text
    incidents = {view.incident for view in queries.findings(1_000)}
    assert None not in incidents
    assert len(incidents) == len(found)
    # A second look at the same differences opens nothing anew.
    before = log.size()
    mina.post(reverse("verify-now"))
    compared.by_the_stage()
    assert [entry.entry_type for entry in log.leaves(before, log.size())] == []


def _delete_nonconformities() -> None:
    """All of them, with everything that hangs on them, as if none had ever been recorded."""
    from django.db import connection

    of_kind = "(SELECT id FROM records_record WHERE kind = 'nonconformity')"
    with guard.opened("tampering"), connection.cursor() as cursor:
        for table in CHILDREN:
            cursor.execute(f"DELETE FROM {table} WHERE record_id IN {of_kind}")
        cursor.execute("DELETE FROM clauses_nonconformity")
        cursor.execute("DELETE FROM records_record WHERE kind = 'nonconformity'")
        assert cursor.rowcount


def _no_pack_is_made(installed: Organization) -> None:
    """Nor is a pack of the forged state handed out: it would not verify, or lacks openings."""
    mina = actor_of_person(Person.objects.get(handle=installed.names["Mina"]))
    with pytest.raises(Problem):
        commands.build_now(
            commands.create_pack(mina, recipient="Auditor", purpose="Surveillance audit", claimed=True),
            sign=lambda size: publisher.publish(),
        )


def _delete_events(installed: Organization) -> None:
    import sqlite3

    with sqlite3.connect(installed.data / "openings.db") as connection:
        assert connection.execute("DELETE FROM opening WHERE position = 1").rowcount


def _is_shown_instead(mina: Client, installed: Organization) -> None:
    """Each page about something forged says what differs; none of them shows the forgery as if it held."""
    refused: Callable[[str], str] = lambda path: reading.read(mina.get(path).content).text  # noqa: E731
    risk = refused(f"/records/{installed.names['risk']}/")
    assert "not what the record of entries commits to" in risk
    assert "is “Nothing”" in risk
    assert "Claims are refused unfairly" in risk
    result = refused(f"/results/{installed.names['result']}/")
    assert "is “Within”" in result
    assert "Over limit" in result
    person = refused(f"/people/{installed.names['Olga']}/")
    assert "is “aims-manager”" in person
    assert "viewer" in person
