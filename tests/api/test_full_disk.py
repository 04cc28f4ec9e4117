"""F11: a full disk, a quota and a read-only file system are called that, with nothing half-written."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.test import RequestFactory

from plumbline.server import error_handlers
from plumbline.trail import log, publisher, storage

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


@contextmanager
def full() -> Iterator[None]:
    """A database whose file may grow by no page, as on a full disk."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no bound that a connection can set")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        yield
        cursor.execute("PRAGMA max_page_count = 1073741823")


def test_f11_a_full_disk_is_named_and_nothing_is_half_written(writer):
    """The API says what and the remedy; afterwards everything fits, and the same request goes through."""
    purpose = "Sorts claims. " * 200
    bodies = [{"values": {"title": "Claims", "slug": f"claims-{at}", "purpose": purpose}} for at in range(9)]
    before = log.size()
    with full():
        answers = [writer("POST", "ai-systems", body) for body in bodies]
    assert {answer.status_code for answer in answers} <= {201, 503}
    refused = [answer.json() for answer in answers if answer.status_code == 503]
    assert refused
    for document in refused:
        assert (document["type"], document["title"]) == (
            "urn:plumbline:problem:disk-full",
            "The disk is full",
        )
        assert "Make space" in document["remedy"]
    made = sum(answer.status_code == 201 for answer in answers)
    assert log.size() == before + made
    assert writer("POST", "ai-systems", bodies[-1]).status_code == 201
    publisher.publish()
    assert publisher.scrub().ok


def test_f11_a_full_disk_meets_a_batch_of_entries_whole():
    entries = [log.NewEntry("record.created", "per_1", openings={"body": b"x" * 9_000})] * 200
    with full(), pytest.raises(OperationalError) as caught, transaction.atomic():
        log.append_many(entries)
    assert isinstance(storage.problem_of(caught.value), storage.DiskFull)
    assert log.size() == 0


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    return error


def test_f11_each_cause_has_its_name():
    cases = {
        storage.DiskFull: [OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x"), sqlite_error(13)],
        storage.StorageReadOnly: [OSError(errno.EROFS, "x"), sqlite_error(8), sqlite_error(8 | 6 << 8)],
        storage.StorageFailing: [OSError(errno.EIO, "x"), sqlite_error(10 | 3 << 8), sqlite_error(11)],
    }
    for problem, errors in cases.items():
        for error in errors:
            wrapped = OperationalError("wrapped")
            wrapped.__cause__ = error
            assert type(storage.problem_of(wrapped)) is problem
    for state, problem in (("53100", storage.DiskFull), ("25006", storage.StorageReadOnly)):
        error = OperationalError("x")
        error.sqlstate = state
        assert type(storage.problem_of(error)) is problem
    for other in (sqlite_error(5), OSError(errno.ENOENT, "x"), ValueError("x")):
        assert storage.problem_of(other) is None


def test_f11_the_server_answers_with_the_name_of_the_cause():
    """For whatever no door has caught: a page, and a problem document under the API."""
    for path, media_type in (("/records/", "text/html"), ("/api/v1/risks", "application/problem+json")):
        request = RequestFactory().get(path)
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError:
            answer = error_handlers.server_error(request)
        assert answer.status_code == 503
        assert answer["Content-Type"].startswith(media_type)
        assert b"The disk is full" in answer.content
