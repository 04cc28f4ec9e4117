"""The layout of documents: texts under headings, Markdown as what it means, lists of any kind."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import docx
import openpyxl
import pypdf
import pytest
from tests.clauses.conftest import Make
from tests.decided import put_in_force

from plumbline.documents.model import Paragraph, Section, Table
from plumbline.identity import commands as people
from plumbline.identity.actors import Actor, actor_of_person
from plumbline.kernel import clock
from plumbline.kernel.problems import Invalid, NotAllowed
from plumbline.records import commands as records
from plumbline.records import kinds, read_log
from plumbline.reports.documents import commands, frame, prose, queries

TEXT = """We build AI **only** where somebody answers for it. See [our page](https://halden.example/ai).

# Who answers

1. The owner
2. The deputy
   - on leave days

## What we measure

| Figure | Limit |
|---|---|
| Drift | 0.2 |

```
a = 1
```
"""


def test_markdown_becomes_headings_lists_and_tables() -> None:
    found = list(prose.sections("Text", TEXT))
    assert [section.title for section in found] == ["Text", "Who answers", "What we measure"]
    assert found[0].blocks == (
        Paragraph(
            "We build AI only where somebody answers for it. See our page (https://halden.example/ai)."
        ),
    )
    assert found[1].blocks == (Paragraph("1. The owner\n2. The deputy\n   • on leave days"),)
    assert found[2].blocks == (Table(("Figure", "Limit"), (("Drift", "0.2"),)), Paragraph("a = 1"))
    assert list(prose.sections("Text", "")) == [Section("Text", (), level=2)]


class TestIssued:
    """Documents with their entry."""

    pytestmark = [pytest.mark.data_layer, pytest.mark.django_db]

    def test_a_policy_has_its_text_under_its_headings(self, mina: Actor, make: Make) -> None:
        saved = make("policy", text=TEXT)
        read = docx.Document(io.BytesIO(commands.issue(mina, saved.reference, "docx").content))
        heads = [p.text for p in read.paragraphs if p.style.name.startswith("Heading")]
        assert heads[heads.index("Text") :][:3] == ["Text", "Who answers", "What we measure"]
        assert "1. The owner\n2. The deputy\n   • on leave days" in [p.text for p in read.paragraphs]
        assert "**" not in " ".join(p.text for p in read.paragraphs)

    def test_who_approved_it_stands_in_it_while_that_holds(
        self, mina: Actor, sara: Actor, make: Make
    ) -> None:
        def facts(at: datetime | None = None) -> dict[str, str]:
            issued = commands.issue(mina, saved.reference, "json", at)
            return dict(json.loads(issued.content)["content"]["facts"])

        saved = make("supplier")
        assert "Approved by" not in facts()
        approved = put_in_force(mina, sara, saved)
        assert facts()["Approved by"].startswith("Sara")
        then = clock.now()
        with clock.frozen(then + timedelta(days=1)):
            records.move(mina, saved.reference, "revise", revision=approved.revision, reason="Again")
            assert "Approved by" not in facts(), "nobody has approved what it says now"
            assert facts(then)["Entry of the approval"]

    def test_an_assessment_has_each_text_under_its_own_heading(self, mina: Actor, make: Make) -> None:
        long = "Claims from rural districts wait longer. " + "Compared by month. " * 5 + "Nobody else does."
        saved = make("impact-assessment", group_effects=long)
        content = json.loads(commands.issue(mina, saved.reference, "json").content)["content"]
        (part,) = [part for part in content["sections"] if part["title"] == "Effects on groups"]
        assert part == {"title": "Effects on groups", "level": 2, "blocks": [{"text": long}]}
        pages = pypdf.PdfReader(io.BytesIO(commands.issue(mina, saved.reference, "pdf").content)).pages
        assert "Effects on groups" in " ".join(page.extract_text() for page in pages)

    @pytest.mark.parametrize("kind", [kind.slug for kind in kinds.all_kinds()])
    def test_every_kind_leaves_as_one_document(self, mina: Actor, make: Make, kind: str) -> None:
        plural = kinds.get(kind).plural
        try:
            made = make(kind)
        except Invalid:
            pytest.skip("needs more than a form")
        with read_log.logged():
            content = json.loads(commands.issue(mina, plural, "json").content)["content"]
            code = commands.issue(mina, plural, "pdf").code
            found = queries.verify(code)
        assert content["kind"] == plural
        rows = content["sections"][0]["blocks"][0]["rows"]
        assert made.reference in [row[0] for row in rows]
        assert (found.records, found.changed) == (len(rows), 0)

    def test_a_list_as_a_document_shows_what_somebody_may_see(
        self, mina: Actor, make: Make, installation: Actor
    ) -> None:
        saved = make("supplier", title="=Nordic & <b>")
        read = openpyxl.load_workbook(io.BytesIO(commands.issue(mina, "suppliers", "xlsx").content))
        rows = [[cell.value for cell in row] for row in read.worksheets[0].iter_rows(min_row=2)]
        assert (rows[0][1], rows[0][2]) == (saved.reference, "=Nordic & <b>")
        nobody = people.create_person(installation, email="n@halden.example", full_name="N")
        with pytest.raises(NotAllowed):
            commands.issue(actor_of_person(nobody), "suppliers", "pdf")

    def test_more_records_than_a_document_takes_are_refused_before_they_are_read(
        self, mina: Actor, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make("supplier")
        monkeypatch.setattr(frame, "MOST_RECORDS", 0)
        for name in ("suppliers", "risk-register"):
            if name == "risk-register":
                make("risk")
            with pytest.raises(Invalid) as refused:
                commands.issue(mina, name, "xlsx")
            assert "row by row" in str(refused.value.faults[0].remedy)
