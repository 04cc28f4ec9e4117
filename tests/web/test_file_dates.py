"""The dates of files on the page of a record and at the command line, and in the calendar of its owner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.test_command_line import Command, command

from plumbline.delivery.calendar import queries as calendar
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import Problem
from plumbline.records.related import queries as related

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client
    from tests.web.conftest import House

__all__ = ["command"]
pytestmark = pytest.mark.django_db(transaction=True)


def sent(name: str, **more: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, b"signed", "text/plain"), **more}


def test_dates_are_given_changed_and_refused_on_the_page(house: House, mina: Client) -> None:
    reference, today = house.references["risk"], clock.today()
    page = f"/records/{reference}/"
    ends = (today + timedelta(days=20)).isoformat()
    mina.post(f"{page}files/", sent("first.txt", document_date="2025-03-01", valid_until=ends))
    (first,) = related.attachments(house.actor("aims-manager"), reference)
    assert first.valid_until is not None
    assert first.valid_until.isoformat() == ends
    shown = mina.get(page).content.decode()
    assert "Of 1 Mar 2025" in shown
    assert "Valid until" in shown
    refused = mina.post(f"{page}files/{first.id}/dates/", {"document_date": "2999-01-01", "valid_until": ""})
    assert "lies in the future" in refused.content.decode()
    past = (today - timedelta(days=1)).isoformat()
    mina.post(f"{page}files/{first.id}/dates/", {"document_date": "", "valid_until": past})
    assert "Was valid until" in mina.get(page).content.decode()
    mina.post(f"{page}files/", sent("second.txt", replaces=str(first.id)))
    assert "Replaced by another file" in mina.get(page).content.decode()


def test_the_page_offers_dates_to_nobody_who_may_not_add_files(house: House, mina: Client) -> None:
    reference = house.references["risk"]
    mina.post(f"/records/{reference}/files/", sent("first.txt"))
    viewer = house.client("viewer")
    assert "fd-" not in viewer.get(f"/records/{reference}/").content.decode()
    (file,) = related.attachments(house.actor("aims-manager"), reference)
    answer = viewer.post(f"/records/{reference}/files/{file.id}/dates/", {"valid_until": "2026-01-01"})
    assert "may not" in answer.content.decode()
    assert related.attachments(house.actor("aims-manager"), reference)[0].valid_until is None


def test_the_end_of_a_file_stands_in_the_calendar_of_the_owner(house: House, mina: Client) -> None:
    person = Person.objects.get(pk=house.actor("aims-manager").person_id)
    reference = house.make("document", title="Certificate", owner=person.handle)
    day = clock.today() + timedelta(days=200)
    mina.post(f"/records/{reference}/files/", sent("first.txt", valid_until=day.isoformat()))
    calendar_text = calendar.calendar_of(person)
    assert day.strftime("%Y%m%d") in calendar_text


def test_files_are_added_dated_and_listed_at_the_command_line(
    house: House, command: Command, tmp_path: Path
) -> None:
    reference, file = house.references["risk"], tmp_path / "certificate.txt"
    file.write_text("signed")
    ends = (clock.today() + timedelta(days=90)).isoformat()
    command("file", "add", reference, str(file), "--document-date", "2026-01-15", "--valid-until", ends)
    (row,) = command("file", "list", reference, role="viewer")
    assert (row["document_date"], row["valid_until"]) == ("2026-01-15", ends)
    with pytest.raises(Problem):
        command("file", "date", reference, str(row["id"]), "--document-date", "15 January")
    command("file", "date", reference, str(row["id"]), "--document-date", "2026-01-16")
    (row,) = command("file", "list", reference)
    assert (row["document_date"], row["valid_until"]) == ("2026-01-16", None)
    command("file", "add", reference, str(file), "--replaces", str(row["id"]))
    assert [each["replaced"] for each in command("file", "list", reference)] == [True, False]
