"""Old records come in as they are: *imported, incomplete* says what is missing, and the words of a source are
kept apart from what the record says here."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest
import yaml
from django.test import Client
from tests.architecture.tree import imports, modules, name_of
from tests.reports import story

from plumbline.controls.facts import FACTS
from plumbline.identity import queries as identity
from plumbline.identity.actors import Actor
from plumbline.imports import commands, map_yaml, matching, plan, queries, reading
from plumbline.imports.models import ImportRow
from plumbline.imports.plan import ImportPlan
from plumbline.imports.proofs import DECLARATIONS
from plumbline.imports.remembered import queries as remembered
from plumbline.imports.stated import reading as said
from plumbline.imports.stated import words
from plumbline.imports.stated.words import Stated
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.records import commands as door
from plumbline.records import csv_export, forms, guard, kinds
from plumbline.records import queries as records
from plumbline.records.completeness import queries as completeness
from plumbline.records.search_index import queries as index
from plumbline.reports import commands as packs
from plumbline.reports.disclosure import Scope
from plumbline.reports.erasure import commands as erased_packs
from plumbline.reports.stated import csv_text
from plumbline.trail.proofs import Altered
from plumbline.web import cells

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]

MAP = """
kind: ai-system
register: inventory
key: {columns: [Id]}
source: {owner: Responsible, state: Status, approval: [Approved by, Approved]}
fields: {title: Name, purpose: Purpose}
"""
FILE = (
    "Id,Name,Purpose,Responsible,Status,Approved by,Approved\n"
    '1,Triage,Sorts claims,"Zubrowka, J.",Live since spring,Board,"5/6/2023"\n'
    "2,Chat,Answers mail,,,,\n"
)


def _plan(actor: Actor, text: str = FILE, map_text: str = MAP, kind: str = "ai-system") -> ImportPlan:
    return plan.plan_file(actor, kind, text.encode(), map_text)


def _run(actor: Actor, text: str = FILE, map_text: str = MAP, kind: str = "ai-system") -> queries.JobView:
    return commands.run(actor, commands.keep(actor, _plan(actor, text, map_text, kind), "r.csv"))


def _browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(identity.person(actor.id))
    return client


def _text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_all_records_of_one_import_are_changed_together(mina: Actor, sara: Actor) -> None:
    """However many they are: the page named a hundred at a time, and 3,591 took 36 rounds."""
    first = _run(mina)
    second = _run(
        mina, "Id,Name\n77,Later\n", "kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name}\n"
    )
    kind = kinds.get("ai-system")
    assert records.references(mina, kind, f"imported:{second.handle}") == ["SYS-0003"]
    page = _text(_browser(mina).get(f"/imports/{first.handle}/"))
    assert "All 2 records that were written" in page
    (href,) = re.findall(r'href="([^"]*all=1[^"]*)"', page.replace("&amp;", "&"))
    for actor in (mina, sara):
        assert "2 records are chosen." in _text(_browser(actor).get(href))
    with pytest.raises(Invalid):
        records.references(mina, kind, "imported:imp_0")


# The words of the source


def test_what_the_source_says_of_owner_state_and_approval_is_kept_as_it_stands(mina: Actor) -> None:
    _run(mina)
    (edition,) = said.editions("SYS-0001")
    assert (edition.file_name, edition.line, edition.imported_at is not None) == ("r.csv", 2, True)
    assert edition.words == (
        Stated("owner", "Responsible", "Zubrowka, J."),
        Stated("state", "Status", "Live since spring"),
        Stated("approval", "Approved by", "Board"),
        Stated("approval", "Approved", "5/6/2023"),
    )
    record = records.find(mina, "SYS-0001")[0]
    assert (record.owner, record.state, record.approvals.count(), record.lifecycle) == (None, "draft", 0, "")
    assert said.editions("SYS-0002") == (), "empty cells state nothing"


def test_the_page_shows_them_apart_with_file_day_and_line(mina: Actor) -> None:
    _run(mina)
    text = _text(_browser(mina).get("/records/SYS-0001/", follow=True))
    assert "As stated by the source" in text
    assert "Zubrowka, J." in text
    assert "As stated by r.csv, imported on 20 Nov 2026, line 2" in text
    assert "As stated by the source" not in _text(_browser(mina).get("/records/SYS-0002/", follow=True))


def test_an_edition_that_only_says_something_else_in_its_own_words_is_kept_without_a_revision(
    mina: Actor,
) -> None:
    _run(mina)
    again = _plan(mina)
    assert (again.summary.restated, {row.outcome for row in again.rows}) == (0, {"unchanged"})
    with pytest.raises(Invalid, match="nothing to write"):
        commands.run(mina, again)
    changed = _plan(mina, FILE.replace("Live since spring", "Switched off"))
    assert changed.summary.restated == 1
    done = commands.run(mina, commands.keep(mina, changed, "r2.csv"))
    assert (done.state, done.written, records.find(mina, "SYS-0001")[0].revision) == ("done", 0, 1)
    newest, first = said.editions("SYS-0001")
    assert (newest.file_name, newest.words[1].text) == ("r2.csv", "Switched off")
    assert first.words[1].text == "Live since spring"
    withdrawal.withdraw(mina, done.handle)
    assert [one.file_name for one in said.editions("SYS-0001")] == ["r.csv"]


def test_they_are_in_files_in_the_search_and_in_a_pack(mina: Actor) -> None:
    _run(mina)
    kind = kinds.get("ai-system")
    text = "".join(csv_export.csv_chunks(csv_export.rows(mina, kind), csv_export.header(kind)))
    row = {row["reference"]: row for row in csv.DictReader(io.StringIO(text))}["SYS-0001"]
    assert row["stated_by_source"].startswith("Responsible: Zubrowka, J.; Status: Live since spring;")
    assert row["stated_by_source"].endswith("(as stated by r.csv, imported on 2026-11-20, line 2)")
    (found,) = index.search(mina, "zubrowka")
    assert found.reference == "SYS-0001"
    assert found.snippet is not None
    rows = list(csv.DictReader(io.StringIO(csv_text(Scope(0, 9, frozenset({"SYS-0001", "SYS-0002"}))))))
    assert [(row["reference"], row["stated_column"], row["source_line"]) for row in rows][:2] == [
        ("SYS-0001", "Responsible", "2"),
        ("SYS-0001", "Status", "2"),
    ]
    assert csv_text(Scope(0, 9, frozenset({"SYS-0002"}))) == ""


def test_a_pack_has_them_in_a_document_that_an_erasure_reaches(mina: Actor) -> None:
    _run(mina)
    story.sign()
    asked = packs.create_pack(mina, recipient="Auditor", purpose="Audit", claimed=True)
    made = packs.build_now(asked, sign=lambda size: story.sign())
    with zipfile.ZipFile(packs.pack_path(made.sha256)) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("documents/stated-by-sources.csv").decode()))
    assert next(row["stated_text"] for row in rows) == "Zubrowka, J."
    place = (made.prepared, "document:stated-by-sources.csv")
    assert erased_packs.stated_in(["SYS-0001"]) == {place}
    assert erased_packs.stated_in(["SYS-0002"]) == set()


def test_no_check_reads_them(mina: Actor) -> None:
    """What checks are given has none of them, and no room of checks, measures or rules knows of imports."""
    _run(mina)
    read = json.dumps([records.claimed(kind.slug) for kind in kinds.all_kinds()], default=str)
    read += json.dumps([fact.read() for fact in FACTS.values()], default=str)
    assert "Triage" in read
    assert not [text for text in ("Zubrowka", "Live since", "5/6/2023", "Responsible") if text in read]
    rooms = ("plumbline.controls.", "plumbline.metrics.", "plumbline.clauses.", "plumbline.discovery.")
    # My work alone asks which imports wait for a person, of a module that reads no row of a file.
    tasks, waiting = "plumbline.controls.tasks.imports", "plumbline.imports.waiting"
    assert not [
        f"{path}:{line}"
        for path in modules()
        if f"{name_of(path)}.".startswith(rooms)
        for line, name in imports(path)
        if name.startswith("plumbline.imports") and not (name_of(path) == tasks and name.startswith(waiting))
    ]
    words = ("plumbline.imports.stated", "plumbline.imports.rows", "plumbline.imports.models.ImportRow")
    read = {name for path in modules() if name_of(path).startswith(waiting) for _, name in imports(path)}
    assert read
    assert not [name for name in read if name.startswith(words)]


def test_a_scrub_finds_words_that_somebody_changed_and_believes_those_that_were_imported(mina: Actor) -> None:
    from plumbline.imports.models import ImportRow

    _run(mina)
    assert _differences() == []
    ImportRow.objects.filter(reference="SYS-0001").update(stated='[["owner", "Responsible", "Nobody"]]')
    assert "words of the source" in str(_differences())


def _differences() -> list[Any]:
    (one,) = DECLARATIONS[0].passes  # type: ignore[union-attr]  # a proof
    return list(one.check(0, 10))


def test_an_erasure_takes_them_and_the_search_finds_them_no_longer(mina: Actor) -> None:
    from plumbline.imports.erasure import commands as erasure
    from plumbline.records.erasure import commands as of_records

    _run(mina)
    erasure.erase_rows(["SYS-0001"])
    of_records.erase_rows(["SYS-0001"], 1)
    assert said.editions("SYS-0001") == ()
    assert index.search(mina, "zubrowka") == []


@pytest.mark.parametrize(
    ("column", "about"),
    [
        ("Approved by", "approval"),
        ("Date approved", "approval"),
        ("System owner", "owner"),
        ("Point of Contact", "owner"),
        ("Status", "state"),
        ("Date of last review", "date"),
        ("Topic", "other"),
        ("Update", "other"),
    ],
)
def test_a_column_says_by_its_name_what_its_words_are_about(column: str, about: str) -> None:
    assert words.about_of(column) == about


def test_columns_that_cannot_be_our_state_or_owner_are_suggested(
    mina: Actor,
) -> None:
    kind, sheet = kinds.get("ai-system"), reading.read(FILE.encode())
    choices = matching.suggested(kind, sheet)
    # Status looks like the stage of the life cycle, which is a field: it is matched, and not kept twice.
    assert choices.columns["lifecycle"] == "Status"
    assert choices.source == ("Responsible", "Approved by", "Approved")
    assert "source:\n- Responsible\n- Approved by\n- Approved\n" in matching.compose(kind, sheet, choices)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("[Nowhere]", "is not a column"),
        ("[Status, Status]", "names a column twice"),
        ("{owner: {a: b}}", "is not a list of texts"),
        (f"{{{'o' * 60}: Status}}", "name that is too long"),
    ],
)
def test_a_map_that_names_them_wrongly_is_refused(mina: Actor, source: str, reason: str) -> None:
    text = MAP.replace("{owner: Responsible, state: Status, approval: [Approved by, Approved]}", source)
    with pytest.raises(Invalid) as refused:
        _plan(mina, map_text=text)
    assert reason in str([str(fault.message) for fault in refused.value.faults])


def test_hostile_words_are_shown_as_text_and_run_nowhere(mina: Actor) -> None:
    _run(mina, FILE.replace("Live since spring", "<script>alert(1)</script>").replace("Board", "=1+1"))
    page = _browser(mina).get("/records/SYS-0001/", follow=True).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    rows = list(csv.DictReader(io.StringIO(csv_text(Scope(0, 9, frozenset({"SYS-0001"}))))))
    assert rows[2]["stated_text"] == "'=1+1"


# Imported, incomplete


@pytest.mark.parametrize(
    "kind", [one for one in kinds.all_kinds() if one.workflow.drafts], ids=lambda one: one.slug
)
def test_what_is_missing_is_what_the_step_out_of_the_draft_asks_for(kind: Any) -> None:
    record = kind.model(title="x", kind=kind.slug, state=kind.workflow.initial)
    for name in kind.own_fields:
        if not kind.field(name).many_to_many and kind.unstated(name) == "":
            setattr(record, kind.field(name).attname, None if kind.field(name).null else "")
    record.pk = 1
    asked = set(forms.missing(kind, record)) - {"slug"}
    assert set(completeness.lacking(kind, record)) - {"slug"} == asked


def test_an_imported_draft_says_what_is_missing_until_it_is_complete(mina: Actor, sara: Actor) -> None:
    _run(mina)
    door.create(mina, "ai-system", {"title": "By hand"})
    assert records.references(mina, kinds.get("ai-system"), "imported:incomplete") == ["SYS-0002", "SYS-0001"]
    assert records.references(mina, kinds.get("ai-system"), "imported:no") == ["SYS-0003"]
    text = _text(_browser(mina).get("/records/SYS-0001/", follow=True))
    assert "Imported, incomplete." in text
    label = cells.label(kinds.get("ai-system"), "lifecycle")
    assert f"One answer is missing: {label}" in text
    assert "Imported, incomplete." not in _text(_browser(mina).get("/records/SYS-0003/", follow=True))
    found = records.computed_texts(kinds.get("ai-system"), ["SYS-0001", "SYS-0003"])
    assert (found["SYS-0001"]["imported"], found["SYS-0003"]) == ("incomplete", {})
    # It blocks nothing else: assigned, linked, commented, edited.
    door.amend(mina, "SYS-0001", {"owner": sara.id}, revision=1)
    door.comment(mina, "SYS-0001", "Ask the vendor.")
    door.link(mina, "SYS-0001", "relates to", "SYS-0003")
    with pytest.raises(Conflict, match="missing before SYS-0001") as refused:
        door.move(mina, "SYS-0001", "submit", revision=2)
    assert [fault.field for fault in refused.value.faults] == ["lifecycle"]
    door.amend(mina, "SYS-0001", {"lifecycle": "in operation"}, revision=2)
    assert "Imported, incomplete." not in _text(_browser(mina).get("/records/SYS-0001/", follow=True))
    assert records.references(mina, kinds.get("ai-system"), "imported:complete") == ["SYS-0001"]
    assert door.move(mina, "SYS-0001", "submit", revision=3).state == "in review"
    with pytest.raises(Invalid):
        records.references(mina, kinds.get("ai-system"), "imported:half")


def test_the_rules_of_a_kind_count_as_well_as_its_empty_fields(mina: Actor) -> None:
    """A supplier that was assessed has a day and a basis, which no empty column says."""
    text = "Id,Name,What,How much,Assessed\n1,Acme,models,high,passed\n2,Bcme,models,high,\n"
    map_text = (
        "kind: supplier\nkey: {columns: [Id]}\nfields:\n  title: Name\n"
        "  supplies: {column: What, split: ','}\n  importance: How much\n"
        "  diligence: {column: Assessed, values: {passed: suitable}}\n"
    )
    made = _plan(mina, text, map_text, "supplier")
    commands.run(mina, made)
    kind, record = kinds.get("supplier"), records.find(mina, "SUP-0001")[0]
    assert set(completeness.lacking(kind, record)) == {"assessed_on", "assessment"}
    assert set(forms.missing(kind, record)) == {"assessed_on", "assessment"}
    assert records.references(mina, kind, "imported:incomplete") == ["SUP-0001"]
    assert records.references(mina, kind, "imported:complete") == ["SUP-0002"]


def test_the_result_of_the_import_says_how_many_and_leads_to_them(mina: Actor) -> None:
    done = _run(mina)
    assert queries.incomplete(mina, done.handle) == 2
    text = _text(_browser(mina).get(f"/imports/{done.handle}/"))
    assert "2 of these records lack answers" in text
    assert "?where=imported:incomplete" in text


def test_a_whole_real_register_comes_in_and_every_row_says_what_it_lacks(
    mina: Actor, inventory: bytes, inventory_map: str
) -> None:
    sheet = reading.read(inventory)
    columns = [name for name in sheet.columns if words.about_of(name) != "other"]
    # Without the stage, which the map fills in for every row, so that each of them lacks one answer.
    found_words = map_yaml.words_in(inventory_map) | {"source": columns}
    del found_words["fields"]["lifecycle"]
    text = yaml.safe_dump(found_words, sort_keys=False, allow_unicode=True)
    made = plan.plan_file(mina, "ai-system", inventory, text)
    told = sum(bool(row.stated) for row in made.rows)
    assert (len(columns) > 3, told > 1_500) == (True, True)
    done = commands.run(mina, commands.keep(mina, made, "us.csv"))
    assert done.state == "done"
    kind = kinds.get("ai-system")
    drafts = records.references(mina, kind, "imported:any")
    assert len(drafts) == made.counts["create"]
    lacking = records.references(mina, kind, "imported:incomplete")
    assert set(lacking) == set(drafts)
    row = records.computed_texts(kind, lacking[:1])[lacking[0]]
    assert (row["imported"], row["missing"]) == ("incomplete", str(kind.field("lifecycle").verbose_name))
    # Its next edition is read by the same map without anybody saying so, and doubles nothing.
    found = remembered.of_file(mina, kind, inventory)
    assert (found.map_text, found.file_name) == (text, "us.csv")
    edition = inventory.replace(b"Operation and Maintenance", b"Retired", 3)
    again = plan.plan_file(mina, "ai-system", edition, found.map_text)
    assert (again.counts["create"], again.counts["faulty"]) == (0, made.counts["faulty"])
    assert 0 < again.counts["amend"] + again.summary.restated <= 6


def test_a_cell_of_any_length_that_is_read_is_kept_whole_and_shown_in_part(mina: Actor) -> None:
    long = "Zubrowka " * 14_000
    _run(mina, FILE.replace("Board", long.strip()))
    (edition,) = said.editions("SYS-0001")
    assert edition.words[2].text == long.strip()
    page = _browser(mina).get("/records/SYS-0001/", follow=True).content.decode()
    assert page.count("Zubrowka") < 400


@pytest.mark.parametrize(
    "forged",
    [
        {"stated": words.stored([Stated("approval", "Approved by", "Everybody")])},
        {"reference": "SYS-0002"},
    ],
    ids=["other words", "another record"],
)
def test_words_that_were_changed_behind_the_trail_are_shown_by_no_door(
    mina: Actor, forged: dict[str, str]
) -> None:
    _run(mina)
    browser, shown_at = _browser(mina), forged.get("reference", "SYS-0001")
    with guard.opened("tampering"):
        ImportRow.objects.filter(reference="SYS-0001").update(**forged)
    with pytest.raises(Altered):
        csv_text(Scope(0, 9, frozenset({shown_at})))
    with pytest.raises(Altered):
        said.editions_for(mina, shown_at)  # what the API and the command line ask
    answer = _text(browser.get(f"/records/{shown_at}/", follow=True))
    assert "was changed without an entry" in answer
    assert "Everybody" not in answer
    assert "Board" not in answer
