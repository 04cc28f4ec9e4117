"""The map of a register: read strictly, every wrong word named, and what it makes of rows."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from plumbline.imports import mapping, reading
from plumbline.imports.rows import MappedRow, mapped_rows
from plumbline.kernel.problems import Invalid, Malformed, Problem, TooLarge

LEAST = "kind: ai-system\nkey: {columns: [Id]}\nfields: {title: Name}\n"


def _rows(content: str, map_text: str) -> list[MappedRow]:
    return list(mapped_rows(reading.read(content.encode()), mapping.parse(map_text)))


def _fields(text: str) -> set[str]:
    with pytest.raises(Problem) as caught:
        mapping.parse(text)
    return {fault.field for fault in caught.value.faults}


def test_the_least_map_is_enough() -> None:
    (row,) = _rows("Id,Name\n7, Claims  Triage\n", LEAST)
    assert (row.key, row.values, row.faults) == ("7", {"title": "Claims  Triage"}, [])


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("colour: blue\n" + LEAST, {"colour"}),
        ("kind: a\nfields: {}\n", {"key"}),
        ("kind: a\nkey: {columns: [x], digest: [y]}\nfields: {}\n", {"key"}),
        ("kind: a\nkey: {digest: [x], otherwise: [y]}\nfields: {}\n", {"key.otherwise"}),
        ("kind: a\nkey: {}\nfields: {}\n", {"key"}),
        (LEAST + "skip: [{column: x, was: y}]\n", {"skip.0.was"}),
        (LEAST + "encoding: rot13\n", {"encoding"}),
        (LEAST + "delimiter: dash\n", {"delimiter"}),
        (
            "kind: a\nkey: {columns: [x]}\nfields: {title: {colum: Name}}\n",
            {"fields.title.colum", "fields.title"},
        ),
        ("kind: a\nkey: {columns: [x]}\nfields: {title: {column: A, constant: B}}\n", {"fields.title"}),
        (
            "kind: a\nkey: {columns: [x]}\nfields: {title: {column: A, shorten: many}}\n",
            {"fields.title.shorten"},
        ),
        (
            "kind: a\nkey: {columns: [x]}\nfields: {on: {column: A, unreadable: ignore}}\n",
            {"fields.on.unreadable"},
        ),
        ("kind: a\nkey: {columns: [x]}\nfields: {t: {column: A, values: [1]}}\n", {"fields.t.values"}),
        ("kind: a\nkey: {columns: [x]}\nfields: [title]\n", {"fields"}),
        ("- kind\n", {"map"}),
        ("", {"map"}),
    ],
)
def test_every_wrong_word_is_named(text: str, fields: set[str]) -> None:
    assert fields <= _fields(text)


@pytest.mark.parametrize(
    "text",
    [
        "kind: [unclosed",
        "kind: a\nkind: b\n",
        "a: &x [1]\nb: *x\n",
        "kind: !!python/object/apply:os.system [id]\n",
        "? {a: b}\n: c\n",
        "[" * 3_000,
    ],
)
def test_what_is_no_plain_yaml_is_malformed(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        mapping.parse(text)
    assert [fault.field for fault in caught.value.faults] == ["map"]


def test_a_map_has_a_limit() -> None:
    with pytest.raises(TooLarge):
        mapping.parse("#" * 300_000)


def test_columns_and_fields_that_are_not_there_are_named() -> None:
    sheet = reading.read(b"Id,Name,Name\n1,a,b\n")
    with pytest.raises(Invalid) as caught:
        mapping.check(mapping.parse(LEAST), sheet, ["purpose"])
    assert {fault.field for fault in caught.value.faults} == {"map: column “Name”", "fields.title"}
    assert "Name (1)" in next(str(fault.remedy) for fault in caught.value.faults if "column" in fault.field)


@pytest.mark.parametrize(
    ("rule", "cell", "value", "faulty"),
    [
        ("{column: X, values: {Yes: a, No: b}}", " YES ", "a", False),
        ("{column: X, values: {Yes: a, No: b}}", "no", "b", False),
        ("{column: X, values: {Yes: a}, unreadable: fault}", "maybe", "", True),
        ("{column: X, values: {Yes: a}, otherwise: c}", "maybe", "c", False),
        ("{column: X, values: {Yes: a}, default: d}", "", "d", False),
        ("{column: X, values: {Yes: a}, default: d}", "n/a", "d", False),
        ("{column: X, dates: ['%m/%d/%Y', '%Y-%m-%d']}", "10/1/2023", "2023-10-01", False),
        ("{column: X, dates: ['%m/%d/%Y', '%Y-%m-%d']}", " 2023-10-01 ", "2023-10-01", False),
        ("{column: X, dates: ['%m/%d/%Y'], unreadable: fault}", "next spring", "", True),
        ("{column: X, dates: ['%m/%d/%Y'], unreadable: note}", "next spring", "", False),
        ("{column: X, dates: ['%m/%d/%Y'], unreadable: empty}", "13/13/2023", "", False),
        ("{column: X, split: ','}", "a, b,a ,", ["a", "b"], False),
        ("{column: X, split: ',', values: {a: one, b: ''}}", "a,b", ["one"], False),
        ("{constant: c}", "", "c", False),
        ("{column: X, shorten: 4}", "abcdef", "abc…", False),
        ("{column: X, slug: 12}", "Claims Triage (Neu)", "claims-triag", False),
        ("{columns: [Id, X], join: ' / '}", "b", "1 / b", False),
        ("{columns: [Id, X], join: ' ', labelled: yes}", "b", "Id: 1 X: b", False),
        ("{column: X}", "one\r\n\n\n\n two \u00a0", "one\n\ntwo", False),
    ],
)
def test_a_rule_makes_this_of_a_cell(rule: str, cell: str, value: Any, faulty: bool) -> None:
    text = f"kind: k\nkey: {{columns: [Id]}}\nempty: [N/A]\nfields: {{f: {rule}}}\n"
    (row,) = _rows(f'Id,X\n1,"{cell}"\n', text)
    assert row.values["f"] == value
    assert bool(row.faults) == faulty
    assert not row.faults or (row.faults[0].field, row.faults[0].column) == ("f", "X")


def test_unreadable_dates_and_shortened_texts_are_kept_in_the_note() -> None:
    text = (
        "kind: k\nkey: {columns: [Id]}\n"
        "fields: {on: {column: On, dates: ['%Y'], unreadable: note}, t: {column: T, shorten: 3}}\n"
    )
    (row,) = _rows("Id,On,T\n1,some day,abcdef\n", text)
    assert row.note == "On: some day\nT: abcdef"


def test_keys() -> None:
    digest = "kind: k\nregister: reg\nkey: {digest: [A, B]}\nfields: {t: C}\n"
    rows = _rows("A,B,C\n x ,y,1\nx,y,1\nx,y,2\n,,3\n", digest)
    assert rows[0].key.startswith("reg:sha256:")
    assert rows[1].repeats == 2
    assert [fault.text for fault in rows[2].faults] == ["x / y"]  # what stands there, and no digest of it
    assert "line 2" in str(rows[2].faults[0].message)
    assert "is empty" in str(rows[3].faults[0].message)
    columns = "kind: k\nkey: {columns: [A, B]}\nfields: {t: C}\n"
    rows = _rows(f"A,B,C\nx,y,1\nx,,1\n{'z' * 200},y,1\n", columns)
    assert [row.key for row in rows] == ["x / y", "", ""]
    assert [bool(row.faults) for row in rows] == [False, True, True]


def test_a_row_without_an_id_is_told_by_other_columns() -> None:
    """Empty, or a text that means so: else a register in which some rows wait for their id lost those."""
    text = "kind: k\nempty: [tbd]\nkey: {columns: [A], otherwise: [B, C]}\nfields: {t: C}\n"
    rows = _rows("A,B,C,D\n1,x,y,\n,x,y,\nTBD,x,z,\n,x,y,\n,,,w\n TBD ,x,y,\n", text)
    by_hand = hashlib.sha256(b'["x","y"]').hexdigest()
    assert [row.key for row in rows[:2]] == ["1", f"sha256:{by_hand}"]
    assert rows[2].key.startswith("sha256:")
    assert rows[2].key != rows[1].key
    assert (rows[3].repeats, rows[3].faults) == (3, [])
    assert "is empty" in str(rows[4].faults[0].message)
    (same,) = rows[5].faults
    assert (rows[5].key, same.text) == (rows[1].key, "TBD / x / y")


def test_the_digest_is_the_stated_one() -> None:
    """SHA-256 of the canonical JSON list of the cells, each on one line; computed here by hand."""
    (row,) = _rows("A,B\n one\u00a0 two ,x\n", "kind: k\nkey: {digest: [A, B]}\nfields: {t: A}\n")
    assert row.key == "sha256:" + hashlib.sha256(b'["one two","x"]').hexdigest()


def test_rows_are_left_out_and_faulty_rows_say_why() -> None:
    text = "kind: k\nkey: {columns: [A]}\nskip: [{column: B, is: [old, '']}]\nfields: {t: B}\n"
    rows = _rows("A,B\n1,OLD\n2,\n3,new\n4,new,more\n5\n", text)
    assert [row.skipped for row in rows] == [True, True, False, False, True]
    assert "3 cells" in str(rows[3].faults[0].message)


def test_slugs_of_different_rows_differ_and_stay_the_same() -> None:
    text = "kind: k\nkey: {columns: [A]}\nfields: {s: {column: B, slug: 20}}\n"
    first = [row.values["s"] for row in _rows("A,B\n1,Chat bot\n2,Chat Bot\n", text)]
    assert first[0] == "chat-bot"
    assert first[1].startswith("chat-bot-")
    assert len(set(first)) == 2
    assert first == [row.values["s"] for row in _rows("A,B\n1,Chat bot\n2,Chat Bot\n", text)]
