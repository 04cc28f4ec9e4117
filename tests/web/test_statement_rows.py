"""The page of a sub-clause says what answers each of its statements, and where nothing does yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.web import reading

from plumbline.catalogs import shown_by

if TYPE_CHECKING:
    from django.test import Client

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def test_each_statement_names_its_records_columns_and_checks(mina: Client) -> None:
    content = mina.get("/requirements/iso42001:10.2/").content
    text = " ".join(reading.read(content).text.split())
    assert "Nonconformities: How the cause was found, Whys, Cause," in text
    assert "Corrective actions: " in text
    assert "Closed nonconformities have a proven action" in text
    assert "/records/corrective-actions/" in content.decode()


def test_a_statement_that_nothing_answers_says_so(mina: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    known = shown_by.statements()
    silent = shown_by.Answer(statement="iso42001:9.2.2/3", missing="Nothing yet: it comes later.")
    monkeypatch.setattr(shown_by, "statements", lambda: {**known, silent.statement: silent})
    text = " ".join(reading.read(mina.get("/requirements/iso42001:9.2.2/").content).text.split())
    assert "Nothing yet: it comes later." in text
    assert "Nothing yet" not in reading.read(mina.get("/requirements/iso42001:4.1/").content).text


def test_what_audits_are_asked_for_is_answered_by_their_records(mina: Client) -> None:
    content = mina.get("/requirements/iso42001:9.2.2/").content
    text = " ".join(reading.read(content).text.split())
    assert "Audits: Objective, Criteria," in text
    assert "/records/audit-findings/" in content.decode()
    assert "Nothing yet" not in text
