"""Reading a sensitive kind leaves an entry on every door, and takes a role for it.

None of the kinds that come with the product is sensitive; a kind of record is made so for these tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.security.conftest import House

from plumbline.identity import roles
from plumbline.identity.models import Person
from plumbline.kernel import clock
from plumbline.kernel.problems import NotAllowed
from plumbline.records import commands, csv_export, kinds, queries, read_log
from plumbline.records.search_index import queries as search_index
from plumbline.trail import log

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
KIND, TITLE, SECRET = "impact-assessment", "Assessment of a person", "What happened to her"
Door = Callable[["Scene", Person], Any]


class Scene:
    """An impact assessment, which is sensitive here, with a file; and people who may read it or not."""

    def __init__(self, house: House) -> None:
        self.house = house
        mina = house.actor("Mina", "aims-manager")
        system = commands.create(mina, "ai-system", {"title": "Claims", "slug": "claims"})
        told = {
            "title": TITLE,
            "system": system.reference,
            "assessed_on": "2026-01-05",
            "taking_part": "Claims and legal.",
            "intended_use": "Ordering of the queue.",
            "misuse": "Turning claims down by score.",
            "groups": ["customers"],
            "individuals": SECRET,
            "society": "None seen.",
            "safeguards": "Every claim is seen by a person.",
            "likelihood": 2,
            "harm_to_individuals": 3,
            "harm_to_groups": 2,
            "harm_to_society": 1,
        }
        made = commands.create(mina, KIND, told)
        self.reference, self.revision = made.reference, made.revision
        commands.attach(mina, self.reference, "note.txt", SECRET.encode(), "text/plain")
        self.kind = kinds.get(KIND)
        self.entry = log.search("record.created", self.reference)[0].index

    def attachment(self) -> int:
        """Number of the file."""
        from plumbline.records.models import Attachment

        return int(Attachment.objects.get(record__reference=self.reference).pk)

    def browse(self, person: Person, path: str) -> Any:
        return self.house.browser(person).get(path)

    def ask(self, person: Person, path: str) -> Any:
        return self.house.api(self.house.token(person, "read"))("GET", path)

    def entries(self) -> list[log.LeafView]:
        """The entries of readings, newest first."""
        return [*log.search("record.read"), *log.search("record.listed")]


@pytest.fixture
def scene(house: House) -> Iterator[Scene]:
    made = Scene(house)
    object.__setattr__(made.kind, "sensitive", True)  # a frozen declaration, for the length of a test
    roles.mark_sensitive(KIND)
    yield made
    object.__setattr__(made.kind, "sensitive", False)
    roles._sensitive.discard(KIND)


def _today() -> str:
    return clock.today().isoformat()


ONE: dict[str, Door] = {
    "page": lambda s, p: s.browse(p, f"/records/{s.reference}/"),
    "page as of": lambda s, p: s.browse(p, f"/records/{s.reference}/?as_of={_today()}"),
    "history": lambda s, p: s.browse(p, f"/records/{s.reference}/history/"),
    "form": lambda s, p: s.browse(p, f"/records/{s.reference}/edit/"),
    "file": lambda s, p: s.browse(p, f"/records/{s.reference}/files/{s.attachment()}/"),
    "entry with its openings": lambda s, p: s.browse(p, f"/trail/{s.entry}/"),
    "API": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}"),
    "API as of": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}?as_of={_today()}T23:59:59Z"),
    "API history": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}/history"),
    "API files": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}/attachments"),
    "API file": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}/attachments/{s.attachment()}"),
    "API links": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}/links"),
    "API comments": lambda s, p: s.ask(p, f"/impact-assessments/{s.reference}/comments"),
}
SENSITIVE = {kind.slug for kind in kinds.all_kinds() if kind.sensitive}
MANY: dict[str, Door] = {
    "list": lambda s, p: s.browse(p, "/records/impact-assessments/"),
    "CSV": lambda s, p: s.browse(p, "/records/impact-assessments/export.csv"),
    "search": lambda s, p: s.browse(p, "/search/?q=Assessment+of"),
    "evidence": lambda s, p: s.browse(p, "/evidence/"),
    "system that it names": lambda s, p: s.browse(p, "/records/SYS-0001/"),
    "API list": lambda s, p: s.ask(p, "/impact-assessments"),
    "API list as of": lambda s, p: s.ask(p, f"/impact-assessments?as_of={_today()}T23:59:59Z"),
    "API CSV": lambda s, p: s.ask(p, "/impact-assessments.csv"),
}


def text(answer: Any) -> str:
    return str(answer.getvalue().decode() if answer.streaming else answer.content.decode())


@pytest.mark.parametrize("name", ONE)
def test_a_record_read_is_an_entry(scene: Scene, name: str) -> None:
    person = scene.house.person("Mina")
    answer = ONE[name](scene, person)
    assert answer.status_code == 200, text(answer)
    (made,) = scene.entries()
    assert (made.entry_type, made.subject_ref) == ("record.read", scene.reference)
    assert made.subject["revision"] == scene.revision
    assert made.actor.startswith("tok_" if "API" in name else "per_")


@pytest.mark.parametrize("name", MANY)
def test_a_list_read_is_an_entry(scene: Scene, name: str) -> None:
    answer = MANY[name](scene, scene.house.person("Mina"))
    assert answer.status_code == 200, text(answer)
    assert TITLE in re.sub("</?mark>", "", text(answer))  # a search marks the words
    # All evidence is a reading of each kind that is sensitive: an entry for each.
    kinds_read = SENSITIVE | {KIND} if name == "evidence" else {KIND}
    assert sorted(entry.subject_ref for entry in scene.entries()) == sorted(kinds_read)
    (made,) = [entry for entry in scene.entries() if entry.subject_ref == KIND]
    assert made.entry_type == "record.listed"
    assert made.facts.get("rows") == (None if name == "evidence" else 1)


@pytest.mark.parametrize("name", [*ONE, *MANY])
def test_who_lacks_the_role_reads_nothing_and_leaves_nothing(scene: Scene, name: str) -> None:
    answer = {**ONE, **MANY}[name](scene, scene.house.person("Vera", "viewer"))
    assert TITLE not in text(answer)
    assert SECRET not in text(answer)
    if name not in ("search", "evidence", "system that it names", "entry with its openings"):
        assert answer.status_code in (403, 404)
    assert scene.entries() == []


def test_a_token_that_writes_does_not_read_it(scene: Scene) -> None:
    api = scene.house.api(scene.house.token(scene.house.person("Mina"), "write"))
    assert api("GET", f"/impact-assessments/{scene.reference}").status_code in (403, 404)
    assert api("GET", "/impact-assessments").status_code in (403, 404)


def test_the_same_reading_is_one_entry_an_hour(scene: Scene) -> None:
    person = scene.house.person("Mina")
    start = clock.now().replace(minute=5) + timedelta(hours=1)
    for minutes, count in ((0, 1), (20, 1), (50, 1), (60, 2)):
        with clock.frozen(start + timedelta(minutes=minutes)):
            scene.house.browser(person).get(f"/records/{scene.reference}/")
        assert len(scene.entries()) == count
    with clock.frozen(start + timedelta(minutes=70)):
        scene.browse(scene.house.person("Sara", "aims-manager"), f"/records/{scene.reference}/")
    assert len(scene.entries()) == 3


def test_two_readings_at_once_are_one_entry(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The entry that another request is making at the same moment serves both."""
    from plumbline.kernel.problems import Conflict

    made, refused = read_log._append, [Conflict("This entry is being recorded at this moment.")]

    def first_refused(note: read_log.Note) -> None:
        if refused:
            raise refused.pop()
        made(note)

    monkeypatch.setattr(read_log, "_append", first_refused)
    assert scene.browse(scene.house.person("Mina"), f"/records/{scene.reference}/").status_code == 200
    assert len(scene.entries()) == 1


def test_no_door_can_forget(scene: Scene) -> None:
    """Outside of a door that listens nothing of a sensitive kind is handed out to a person."""
    mina = scene.house.actor("Mina")
    for ask in (
        lambda: queries.find(mina, scene.reference),
        lambda: queries.list_records(mina, scene.kind),
        lambda: queries.select(mina, scene.kind),
        lambda: search_index.search(mina, TITLE),
        lambda: queries.all_as_of(mina, clock.now()),
        lambda: list(csv_export.rows(mina, scene.kind)),
    ):
        with pytest.raises(read_log.ReadNotLogged):
            ask()
    assert scene.entries() == []


def test_what_ends_in_a_refusal_leaves_nothing(scene: Scene) -> None:
    mina = scene.house.actor("Mina")

    def refused() -> None:
        with read_log.logged():
            queries.find(mina, scene.reference)
            raise NotAllowed("x")

    with pytest.raises(NotAllowed):
        refused()
    assert scene.entries() == []


def test_the_command_line_leaves_one_too(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from plumbline.cli import register_export

    monkeypatch.setattr(register_export, "opened", lambda data: None)
    for json in (False, True):
        register_export.export(KIND, out=tmp_path / "out", json=json)
        assert TITLE in (tmp_path / "out").read_text(encoding="utf-8")
    (made,) = log.search("record.listed")
    assert (made.actor, made.facts["rows"]) == ("stage:installation", 1)


def test_a_preview_of_an_import_leaves_one(house: House) -> None:
    """It shows what rows would change of records that are there."""
    from plumbline.imports import commands as imports
    from plumbline.imports import plan

    mina, kind = house.actor("Mina", "aims-manager"), kinds.get("ai-system")
    commands.create(mina, "ai-system", {"title": TITLE, "slug": "a", "purpose": SECRET}, key="1")
    text = "kind: ai-system\nkey: {columns: [Id]}\nfields:\n  title: Name\n  slug: Name\n"
    kept = imports.keep(mina, plan.plan_file(mina, "ai-system", b"Id,Name\n1,a\n", text), "a.csv")
    object.__setattr__(kind, "sensitive", True)
    roles.mark_sensitive("ai-system")
    try:
        answer = house.browser(house.person("Mina")).get(f"/imports/{kept.handle}/")
    finally:
        object.__setattr__(kind, "sensitive", False)
        roles._sensitive.discard("ai-system")
    assert TITLE in answer.content.decode()
    assert [made.facts["rows"] for made in log.search("record.listed")] == [1]


def test_ordinary_kinds_leave_none(scene: Scene) -> None:
    person = scene.house.person("Mina")
    for path in ("/records/SYS-0001/edit/", "/records/ai-systems/", "/records/ai-systems/export.csv"):
        assert scene.browse(person, path).status_code == 200
    assert scene.entries() == []


def test_no_kind_is_sensitive_unless_it_says_so() -> None:
    assert roles.sensitive_kinds() == frozenset(kind.slug for kind in kinds.all_kinds() if kind.sensitive)
    assert not re.search("impact", " ".join(roles.sensitive_kinds()))
