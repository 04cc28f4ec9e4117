"""The search index: what it finds in which spelling, for whom, and that it follows every write."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from plumbline.identity import commands as people
from plumbline.identity.actors import Actor
from plumbline.records import commands, guard, kinds, proofs
from plumbline.records.erasure import commands as erasure
from plumbline.records.models import IndexShape, Record, SearchText
from plumbline.records.search_index import commands as index
from plumbline.records.search_index import folding, queries, snippets
from plumbline.records.search_index import proofs as words

pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]


def _found(actor: Actor, text: str) -> list[str]:
    return [row.reference for row in queries.search(actor, text)]


def _create(actor: Actor, title: str, **values: Any) -> str:
    slug = f"s-{Record.objects.count()}"
    return commands.create(actor, "ai-system", {"title": title, "slug": slug, **values}).reference


@pytest.mark.parametrize(
    "asked",
    [
        "fraude",
        "FRAUDE",
        "Fraudé",
        unicodedata.normalize("NFD", "fraudé"),
        "ｆｒａｕｄｅ",  # full-width letters, as East Asian keyboards write them
        "frau",
        '"fraude détection"',
        "détection fraude",
    ],
)
def test_spelling_decides_nothing(mina: Actor, asked: str) -> None:
    written = _create(mina, unicodedata.normalize("NFD", "Fraudé Détection"))
    _create(mina, "Claims Triage")
    assert _found(mina, asked) == [written]


def test_a_decomposed_title_is_marked_as_one_word(mina: Actor) -> None:
    _create(mina, unicodedata.normalize("NFD", "Anti-fraudé"))
    (row,) = queries.search(mina, "fraude")
    assert [(part.text, part.hit) for part in row.marked.parts] == [("Anti-", False), ("fraudé", True)]


def test_all_words_have_to_be_there_and_signs_hold_words_together(mina: Actor) -> None:
    first = _create(mina, "Input drift of claims")
    second = _create(mina, "Claims without it")
    assert _found(mina, "claims drift") == [first]
    assert set(_found(mina, "claims")) == {first, second}
    assert _found(mina, '"of claims"') == [first]
    assert _found(mina, '"claims of"') == []
    assert _found(mina, "of/claims") == [first]
    assert _found(mina, first) == [first]
    assert _found(mina, "drift AND nothing") == []
    for hostile in ('"', '""', "*", "a OR", "title:", "NEAR(", "'", ":*", "\\", "drift'"):
        queries.search(mina, hostile)


def test_texts_comments_and_files_are_found_and_shown_with_the_place(mina: Actor) -> None:
    saved = commands.create(
        mina, "risk", {"title": "Wrong denial", "description": "Premiums rise. " * 30 + "Walrus bias."}
    )
    commands.comment(mina, saved.reference, "The ombudsman wrote about an octopus.")
    commands.attach(mina, saved.reference, "pangolin minutes.txt", b"Agenda: the narwhal", "text/plain")
    commands.attach(mina, saved.reference, "picture.png", b"\x89PNG axolotl", "image/png")
    commands.attach(mina, saved.reference, "odd.txt", b"axolotl\0", "text/plain")
    for word, where in (
        ("walrus", "what may happen"), ("octopus", "comment"), ("pangolin", "file name"),
        ("narwhal", "pangolin minutes.txt"),
    ):  # fmt: skip
        (row,) = queries.search(mina, word)
        assert row.reference == saved.reference
        assert row.snippet is not None
        assert row.snippet.where == where
        assert [part.text.lower() for part in row.snippet.parts if part.hit] == [word]
        assert len(row.snippet.text) < 300
    assert _found(mina, "axolotl") == []


def test_a_title_counts_more_than_a_text(mina: Actor) -> None:
    title = commands.create(mina, "risk", {"title": "Drift", "description": "Something."}).reference
    text = commands.create(mina, "risk", {"title": "Other", "description": "Some drift."}).reference
    assert _found(mina, "drift") == [title, text]


def test_titles_are_found_however_many_newer_texts_have_the_word(
    mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNT_CAP", 3)
    title = _create(mina, "Heron")
    for number in range(6):
        commands.create(mina, "risk", {"title": f"Other {number}", "description": "A heron."})
    matches = queries.match(mina, "heron")
    assert matches.capped
    assert len(matches.rows) == 3
    assert _found(mina, "heron")[0] == title


def test_what_a_reader_may_not_see_leaks_neither_by_hit_nor_count(
    installation: Actor, mina: Actor, someone: Callable[..., Actor]
) -> None:
    claims, sales = (people.create_unit(installation, name=name) for name in ("Claims", "Sales"))
    seen = _create(mina, "Open heron", unit=claims.slug)
    hidden = _create(mina, "Hidden heron", unit=sales.slug)
    commands.comment(mina, hidden, "A secret pelican.")
    reader = someone("viewer", "Vera", unit=claims)
    assert _found(reader, "heron") == [seen]
    assert len(queries.match(reader, "heron").rows) == 1
    assert queries.match(reader, "pelican").rows == ()
    assert queries.match(reader, hidden).rows == ()
    assert len(queries.match(mina, "heron").rows) == 2


def test_the_index_follows_every_write(mina: Actor) -> None:
    reference = _create(mina, "Old name")
    commands.amend(mina, reference, {"title": "New heron"}, revision=1)
    assert _found(mina, "old") == []
    assert _found(mina, "heron") == [reference]
    commands.comment(mina, reference, "A pelican.")
    commands.amend(mina, reference, {"purpose": "Finding a stork."}, revision=2)
    assert _found(mina, "pelican stork heron") == [reference]
    assert index.is_sound()


def test_a_write_that_is_taken_back_leaves_no_words(mina: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("plumbline.records.writing.log.append_many", broken)
    with pytest.raises(RuntimeError):
        _create(mina, "Heron")
    monkeypatch.undo()
    assert queries.match(mina, "heron").rows == ()
    assert index.is_sound()


def test_an_erased_text_is_neither_found_nor_kept(mina: Actor) -> None:
    reference = _create(mina, "Quokka", purpose="A quokka decides.")
    commands.comment(mina, reference, "quokka")
    commands.attach(mina, reference, "quokka.txt", b"quokka", "text/plain")
    with guard.opened("test"):
        erasure.erase_rows([reference], 7)
    assert queries.match(mina, "quokka").rows == ()
    row = SearchText.objects.get(record__reference=reference)
    assert "quokka" not in f"{row.title} {row.texts} {row.comments} {row.files}"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM records_searchtext_words_data WHERE instr(block, 'quokka')")
        else:
            cursor.execute("SELECT count(*) FROM records_searchtext_words WHERE words::text LIKE '%quokka%'")
        assert cursor.fetchone() == (0,)


def test_what_is_missing_or_of_an_older_form_is_written_again(mina: Actor) -> None:
    reference = _create(mina, "Heron")
    assert not index.refresh() or not index.refresh()
    with guard.opened("test"):
        SearchText.objects.all().delete()
    assert _found(mina, "heron") == []
    assert index.refresh()
    assert _found(mina, "heron") == [reference]
    IndexShape.objects.filter(kind="*").update(digest="0")
    assert index.refresh()
    assert index.rebuild_all() == 1
    assert index.is_sound()


def test_the_scrub_finds_words_that_are_not_those_of_the_record(mina: Actor) -> None:
    _create(mina, "Heron")
    span = Record.objects.get().pk

    def differing() -> set[str]:
        found = [*proofs._check_records(span, span + 1), *words.check_words(0, 1)]
        return {each.table for each in found}

    assert differing() == set()
    with guard.opened("test"), connection.cursor() as cursor:
        cursor.execute("UPDATE records_searchtext SET title = 'stork'")
        assert differing() == {"records.SearchText"}
        cursor.execute("UPDATE records_searchtext SET title = %s", ["heron\nsys 0001"])
        assert differing() == set()
        # The index behind its table's back: the table is as it should be, and nothing is found.
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM records_searchtext_words_data WHERE id > 10")
        else:
            cursor.execute("DELETE FROM records_searchtext_words")
    assert differing() == {"records.SearchText"}
    index.rebuild_all()
    assert differing() == set()


def test_words_are_written_by_the_door_alone(mina: Actor) -> None:
    _create(mina, "Heron")
    with pytest.raises(guard.WriteRefused):
        SearchText.objects.update(title="stork")


def test_terms_are_folded_and_bounded() -> None:
    assert folding.words("Straße Ⅳ a_b ½") == ["strasse", "iv", "a", "b", "1", "2"]
    assert folding.terms("A.6.2.6") == (folding.Term(("a", "6", "2", "6")),)
    assert len(folding.terms("x " * 500)) == folding.MOST_TERMS
    assert folding.terms("%") == ()


def test_a_snippet_keeps_to_words_and_to_its_length() -> None:
    text = "lorem " * 100 + "the heron stands " + "ipsum " * 100
    found = snippets.best([("notes", text)], folding.terms("heron"))
    assert found is not None
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert "the heron stands" in found.text
    assert {part.text for part in found.parts if part.hit} == {"heron"}
    assert snippets.best([("notes", text)], folding.terms("walrus")) is None


def test_every_kind_can_be_searched_by_what_its_example_says(mina: Actor) -> None:
    """No kind has texts that the index cannot take."""
    for kind in kinds.all_kinds():
        record = kind.model(title="Heron")
        record.reference, record.key = f"{kind.prefix}-0001", None
        assert "heron" in queries.documents.of_record(record, kind)["title"]
