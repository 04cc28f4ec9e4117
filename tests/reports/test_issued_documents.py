"""Documents that leave: what is in them, the code they carry, and what the code says later."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta

import docx
import openpyxl
import pypdf
import pytest
from tests.clauses.conftest import Make

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.canonical import canonical
from plumbline.kernel.problems import Invalid, NotAllowed, NotFound
from plumbline.records import commands as records
from plumbline.reports import applicability
from plumbline.reports.documents import commands, queries
from plumbline.reports.models import IssuedDocument
from plumbline.reports.proofs import ISSUED_DOCUMENTS
from plumbline.trail import log
from plumbline.trail.proofs import Altered

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]


def _pdf(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split()
    )


def test_an_assessment_leaves_as_pdf_with_its_instant_entry_and_code(mina: Actor, make: Make) -> None:
    saved = make("impact-assessment")
    before = log.size()
    issued = commands.issue(mina, saved.reference, "pdf")
    text = _pdf(issued.content)
    found = queries.verify(issued.code)
    assert f"Code {issued.code}." in text
    assert f"Rests on entry {before - 1:,} of the trail." in text
    assert "As of 2026-03-03 09:00:00 UTC." in text
    assert (found.kind, found.about, found.entry) == ("impact-assessment", saved.reference, before - 1)
    assert (found.records, found.changed) == (1, 0)
    (entry,) = log.leaves(before, log.size())
    assert (entry.entry_type, entry.actor, entry.subject_ref) == ("document.issued", mina.id, issued.code)
    assert entry.facts["format"] == "pdf"


def test_the_code_is_the_digest_of_what_anybody_can_hash(mina: Actor, make: Make) -> None:
    issued = commands.issue(mina, make("policy").reference, "json")
    sent = json.loads(issued.content)
    digest = hashlib.sha256(canonical(sent["content"])).hexdigest()
    assert digest == sent["sha256"] == queries.verify(issued.code).sha256
    assert issued.code == commands.code_of(digest)


def test_a_code_says_when_the_record_has_changed(mina: Actor, make: Make) -> None:
    saved = make("risk")
    code = commands.issue(mina, "risk-register", "json").code
    assert queries.verify(code).changed == 0
    records.amend(mina, saved.reference, {"title": "Something else"}, revision=saved.revision)
    assert queries.verify(code.lower().replace("-", " ")).changed == 1


def test_the_register_has_every_risk_in_word_and_workbook(mina: Actor, make: Make) -> None:
    saved = make("risk", title="=Ärger & <b>")
    read = docx.Document(io.BytesIO(commands.issue(mina, "risk-register", "docx").content))
    cells = [cell.text for row in read.tables[-1].rows for cell in row.cells]
    assert {saved.reference, "=Ärger & <b>"} <= set(cells)
    issued = commands.issue(mina, "risk-register", "xlsx")
    rows, about = openpyxl.load_workbook(io.BytesIO(issued.content)).worksheets
    assert [row[2].value for row in rows.iter_rows(min_row=2)] == ["=Ärger & <b>"]
    assert rows["C2"].data_type != "f"
    facts = {row[0].value: row[1].value for row in about.iter_rows(max_row=9, max_col=2)}
    assert facts["Code"] == issued.code
    assert facts["As of"] == "2026-03-03 09:00:00 UTC"


def test_the_statement_has_all_controls_and_the_decision(mina: Actor, make: Make) -> None:
    saved = make("applicability")
    content = json.loads(commands.issue(mina, "statement-of-applicability", "json").content)["content"]
    rows = [row for part in content["sections"] for block in part["blocks"] for row in block["rows"]]
    made = applicability.statement(mina)
    assert [row[0] for row in rows] == [row.number for row in made.all_rows]
    (decided,) = [row for row in rows if row[-1]]
    assert decided[-1] == f"{saved.reference} ({saved.revision})"
    assert _pdf(commands.issue(mina, "statement-of-applicability", "pdf").content).count("A.") >= 38


def test_a_document_of_an_earlier_day_shows_that_day(mina: Actor, make: Make) -> None:
    saved = make("policy", title="First words")
    then, last = clock.now(), log.size() - 1
    with clock.frozen(then + timedelta(days=1)):
        records.amend(mina, saved.reference, {"title": "Later words"}, revision=saved.revision)
        issued = commands.issue(mina, saved.reference, "json", then)
        content = json.loads(issued.content)["content"]
        assert (content["title"], content["entry"]) == ("First words", last)
        again = commands.issue(mina, saved.reference, "pdf", then)
        assert again.code == issued.code
        assert IssuedDocument.objects.count() == 1
        newest = next(iter(log.search(limit=1)))
        assert (newest.entry_type, newest.subject_ref) == ("document.fetched", issued.code)
        assert queries.verify(issued.code).changed == 1


def test_a_register_that_is_too_long_for_a_pdf_is_refused_before_anything_is_recorded(
    mina: Actor, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("risk")
    before = log.size()
    monkeypatch.setattr(commands.pdf, "MOST_ROWS", 0)
    with pytest.raises(Invalid) as refused:
        commands.issue(mina, "risk-register", "pdf")
    assert "XLSX" in str(refused.value.faults[0].remedy)
    assert log.size() == before
    assert commands.issue(mina, "risk-register", "docx").content


def test_who_may_not_export_or_see_gets_none(
    mina: Actor, make: Make, someone: Callable[[str, str], Actor], installation: Actor
) -> None:
    make("risk", title="Of everybody")
    with pytest.raises(NotFound):
        commands.issue(mina, "RSK-0999", "pdf")
    with pytest.raises(Invalid):
        commands.issue(mina, "risk-register", "odt")
    nobody = actor_of_person(people.create_person(installation, email="n@halden.example", full_name="N"))
    before = log.size()
    for name in ("risk-register", "statement-of-applicability", "posture", "RSK-0001"):
        with pytest.raises((NotAllowed, NotFound)):
            commands.issue(nobody, name, "pdf")
    assert log.size() == before
    with pytest.raises(NotFound):
        queries.verify("0000-0000-0000-0000")


def test_a_row_that_is_not_what_its_entry_says_is_not_shown(mina: Actor, make: Make) -> None:
    code = commands.issue(mina, make("policy").reference, "json").code
    assert not list(ISSUED_DOCUMENTS.check_rows(0, 10_000))
    IssuedDocument.objects.filter(code=code).update(rests_on="POL-0001 9")
    assert [each.field for each in ISSUED_DOCUMENTS.check_rows(0, 10_000)] == ["rests_on"]
    with pytest.raises(Altered):
        queries.verify(code)


def test_a_review_shows_its_frozen_inputs(mina: Actor, make: Make) -> None:
    from plumbline.reports import review

    saved = make("management-review", period_from="2025-12-01", period_until="2026-02-28")
    review.prepare(mina, saved.reference, saved.revision)
    content = json.loads(commands.issue(mina, saved.reference, "json").content)["content"]
    inputs = review.find(mina, saved.reference).inputs
    titles = [section["title"] for section in content["sections"]]
    assert {part["title"] for part in inputs["sections"]} <= set(titles)
    assert commands.issue(mina, saved.reference, "pdf").content.startswith(b"%PDF")
