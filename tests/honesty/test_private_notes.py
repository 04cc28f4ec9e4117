"""Private notes of auditors: nobody but the author reads one, at whatever door they ask.

The ciphertext is opened a second time here from the description in the guide alone, with `hashlib.scrypt`,
plain AES-CTR and a GHASH written out: another way than the product's.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tests.honesty.test_audit_requests import external, outside
from tests.honesty.test_audits import under_way
from tests.honesty.world import Reply, World

from plumbline.kernel.problems import Conflict, Invalid, NotAllowed
from plumbline.reports.private_notes import commands, proofs, queries, sealing
from plumbline.trail import log

pytestmark = pytest.mark.django_db(transaction=True)
PASSPHRASE = "vellum orchard seven quiet lanterns"
SECRET = "Lars says that escalation is understood; nobody names the step."
PATH = "/private-notes/"


def actor(office: World, who: str) -> Any:
    """Somebody signed in."""
    from plumbline.identity.actors import actor_of_person

    return actor_of_person(office.people[who])


def write(office: World, who: str, text: str = SECRET, **more: Any) -> Reply:
    """Write a note on the page."""
    told = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "warned": "yes", "text": text, **more}
    return office.press(who, PATH, act="keep", **told)


def written(office: World, who: str = "ada", **more: Any) -> str:
    """A note; its id."""
    reply = write(office, who, **more)
    assert reply.status in (200, 302), reply.text
    return str([note for note in office.get(who, "private-notes") if note["own"]][-1]["id"])


def entries(kind: str) -> list[Any]:
    """The entries of a type."""
    return [leaf for leaf in log.leaves(0, log.size()) if leaf.entry_type == kind]


def everything_kept(office: World) -> str:
    """All rows of all tables, as a database shell shows them, and all files of the installation."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                found += [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    files = [path for path in office.config.data.rglob("*") if path.is_file()]
    return "\n".join([*found, *(path.read_bytes().decode("latin-1") for path in files)])


def ghash(key: bytes, text: bytes) -> int:
    """GHASH of NIST SP 800-38D, bit by bit."""
    h, y = int.from_bytes(key), 0
    for at in range(0, len(text), 16):
        x, v, z = y ^ int.from_bytes(text[at : at + 16].ljust(16, b"\0")), h, 0
        for bit in range(127, -1, -1):
            z ^= v if x >> bit & 1 else 0
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
        y = z
    return y


def opened_by_hand(sealed: str, passphrase: str, person: str, note: str) -> dict[str, str]:
    """Open a note without the product."""
    raw = base64.b64decode(sealed)
    assert raw[:1] == b"\x01"
    salt, nonce, body, tag = raw[1:17], raw[17:29], raw[29:-16], raw[-16:]
    key = hashlib.scrypt(
        passphrase.encode(), salt=salt, n=2**15, r=8, p=3, dklen=32, maxmem=128 * 1024 * 1024
    )

    def ecb(block: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)

    bound = f"plumbline private note 1\n{person}\n{note}".encode()
    padded = [part + b"\0" * (-len(part) % 16) for part in (bound, body)]
    lengths = (8 * len(bound)).to_bytes(8) + (8 * len(body)).to_bytes(8)
    mac = ghash(ecb(bytes(16)), b"".join(padded) + lengths).to_bytes(16)
    first = ecb(nonce + (1).to_bytes(4))
    assert bytes(a ^ b for a, b in zip(mac, first, strict=True)) == tag
    plain = Cipher(algorithms.AES(key), modes.CTR(nonce + (2).to_bytes(4))).decryptor().update(body)
    assert len(plain) % 512 == 0
    said: dict[str, str] = json.loads(plain)
    return said


def test_a_known_key_comes_of_a_known_passphrase() -> None:
    """RFC 7914, section 12, by the function that the product derives its keys with, at the product's costs by
    another implementation."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    vector = "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    assert Scrypt(b"SodiumChloride", 64, 16384, 8, 1).derive(b"pleaseletmein").hex().startswith(vector)
    key = hashlib.scrypt(b"caf\xc3\xa9", salt=b"s" * 16, n=2**15, r=8, p=3, dklen=32, maxmem=2**27)
    assert sealing.key_of("cafe\u0301", b"s" * 16) == key


def test_a_note_is_opened_with_other_libraries(office: World) -> None:
    external(office)
    audit = under_way(office)
    note = written(office, about=audit)
    sealed = office.get("ada", f"private-notes/{note}")["sealed"]
    found = opened_by_hand(sealed, PASSPHRASE, office.people["ada"].handle, note)
    assert found == {"about": audit, "text": SECRET}
    page = office.press("ada", PATH, act="open", passphrase=PASSPHRASE)
    assert SECRET in page.text.replace("&#x27;", "'")
    assert audit in page.text


def test_a_private_note_asked_for_by_the_administrator_is_refused_and_logged(office: World) -> None:
    external(office)
    note = written(office)
    before = len(entries("private-note.refused"))
    asked = [
        office.call("mina", "GET", f"private-notes/{note}"),
        office.press("mina", f"{PATH}{note}.txt", method="get"),
        office.call("stig", "GET", f"private-notes/{note}"),
        office.call("tomas", "GET", f"private-notes/{note}"),
    ]
    sealed = office.get("ada", f"private-notes/{note}")["sealed"]
    for reply in asked:
        assert reply.status == 403, reply.text
        assert sealed not in reply.text
        assert SECRET not in reply.text
    refused = entries("private-note.refused")[before:]
    people = [office.people[who].handle for who in ("mina", "stig", "tomas")]
    assert len(refused) == 4
    assert refused[1].actor == people[0]
    assert {leaf.subject_ref for leaf in refused} == {note}
    opened = office.press("mina", PATH, act="open", passphrase=PASSPHRASE)
    assert SECRET not in opened.text
    with pytest.raises(Conflict):
        commands.delete(actor(office, "mina"), note)
    assert note in [one["id"] for one in office.get("mina", "private-notes")]
    assert office.get("stig", "private-notes") == []


def test_nothing_that_is_kept_holds_the_note_or_its_passphrase(office: World) -> None:
    """Tables, trail, search index, sessions and files, before and after the note was opened."""
    external(office)
    written(office)
    office.press("ada", PATH, act="open", passphrase=PASSPHRASE)
    office.press("ada", PATH, act="open", passphrase=PASSPHRASE + " wrong")
    kept = everything_kept(office)
    assert "Holm" in kept
    for secret in (SECRET, PASSPHRASE, "escalation is understood", "orchard seven"):
        assert secret not in kept
        assert base64.b64encode(secret.encode())[:24].decode() not in kept
    found = office.get("mina", "search?q=escalation")
    assert SECRET not in json.dumps(found)
    assert len(entries("private-note.opened")) == 1
    assert len(entries("private-note.not-opened")) == 1


def test_a_token_shows_what_is_sealed_and_opens_nothing(office: World) -> None:
    from dataclasses import replace

    external(office)
    note = written(office)
    token = replace(actor(office, "ada"), scopes=frozenset({"read", "write"}))
    assert commands.sealed(token, note).sealed
    with pytest.raises(NotAllowed):
        commands.opened(token, PASSPHRASE)
    with pytest.raises(NotAllowed):
        commands.keep(token, PASSPHRASE, "More.")
    sends = replace(token, scopes=frozenset({"ingest"}))
    for ask in (lambda: commands.sealed(sends, note), lambda: queries.listed(sends)):
        with pytest.raises(NotAllowed):
            ask()
    with pytest.raises(NotAllowed):
        commands.delete(replace(token, scopes=frozenset({"read"})), note)


@pytest.mark.parametrize(
    "changed",
    [
        {"passphrase": "short", "again": "short"},
        {"again": "another one altogether"},
        {"warned": ""},
        {"text": "  "},
        {"text": "x" * 5_001},
        {"about": "RSK-9999"},
    ],
)
def test_a_first_note_that_is_not_right_is_not_kept(office: World, changed: dict[str, str]) -> None:
    external(office)
    reply = write(office, "ada", **changed)
    assert reply.status == 422
    assert PASSPHRASE not in reply.text
    assert office.get("ada", "private-notes") == []
    assert entries("private-note.kept") == []


def test_a_second_note_needs_the_passphrase_of_the_first(office: World) -> None:
    external(office)
    written(office)
    assert write(office, "ada", "More.", passphrase="another one altogether").status == 422
    written(office, text="Second.")
    said = [note.text for note in commands.opened(actor(office, "ada"), PASSPHRASE)]
    assert said == [SECRET, "Second."]
    with pytest.raises(Invalid):
        commands.opened(actor(office, "ada"), PASSPHRASE.upper())


def test_only_auditors_write_and_only_about_what_they_see(office: World) -> None:
    external(office)
    assert write(office, "mina").status == 403
    assert write(office, "stig").status == 403
    assert written(office, "tomas")
    request = outside(office)
    assert written(office, about=request.lower())
    assert "Write a private note" in office.page("ada", f"/records/{request}/")
    assert "Write a private note" not in office.page("mina", f"/records/{request}/")


def test_no_address_says_what_a_note_is_about(office: World) -> None:
    """Access logs and histories of browsers keep addresses."""
    from django.test import Client

    external(office)
    request = outside(office)
    browser = Client()
    browser.force_login(office.people["ada"])
    page = browser.get(f"/records/{request}/").content.decode()
    assert 'href="/private-notes/"' in page
    assert "/private-notes/?" not in page
    form = browser.get(f"{PATH}?about={request}").content.decode()
    assert f'value="{request}"' not in form


def test_the_author_takes_notes_away_and_deletes_them(office: World) -> None:
    external(office)
    note = written(office)
    file = office.press("ada", PATH, act="file", passphrase=PASSPHRASE)
    assert SECRET in file.text
    assert note in file.text
    office.press("ada", PATH, act="delete", note=note)
    assert office.get("ada", "private-notes") == []
    assert office.call("ada", "GET", f"private-notes/{note}").status == 404
    assert office.call("ada", "DELETE", f"private-notes/{note}").status == 404
    (entry,) = entries("private-note.deleted")
    assert entry.subject_ref == note
    again = written(office, text="Anew.", passphrase="a new choice of words", again="a new choice of words")
    assert office.call("ada", "DELETE", f"private-notes/{again}").status == 204


def test_after_the_audit_the_organization_can_only_delete_and_only_later(office: World) -> None:
    external(office)
    note = written(office)
    for days in (20, 100, 90):
        assert office.call("mina", "DELETE", f"private-notes/{note}").status == 409
        office.wait(days=days)
    (listed,) = office.get("mina", "private-notes")
    assert listed["deletable_from"] == office.day(1).isoformat()
    assert office.call("mina", "DELETE", f"private-notes/{note}").status == 409
    assert "Notes of others" in office.page("mina", PATH)
    office.wait(days=1)
    assert office.call("mina", "GET", f"private-notes/{note}").status == 403
    assert office.call("stig", "DELETE", f"private-notes/{note}").status == 403
    page = office.press("mina", PATH, act="delete", note=note)
    assert page.status in (200, 302)
    assert queries.listed(actor(office, "mina")) == []


def test_a_note_moved_or_changed_in_the_database_is_not_opened(office: World) -> None:
    from django.db import connection

    external(office)
    first, second = written(office), written(office, text="Second.")

    def differences() -> set[str]:
        rows = [*proofs.NOTES.check_rows(0, 100), *proofs.check_deleted(0, 100)]
        rows += [*proofs.check_deletions(0, log.size()), *proofs.NOTES.check_entries(0, log.size())]
        return {row.field for row in rows}

    assert differences() == set()
    moved = queries.row(second).sealed
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_privatenote SET sealed = %s WHERE handle = %s", [moved, first])
    assert differences() == {"sealed"}
    told = commands.opened(actor(office, "ada"), PASSPHRASE)
    assert [note.is_open for note in told] == [False, True]
    office.press("ada", PATH, act="delete", note=first)
    assert differences() == set()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_privatenote SET sealed = '' WHERE handle = %s", [second])
        cursor.execute("UPDATE reports_privatenote SET removed = NULL WHERE handle = %s", [first])
    assert "sealed" in differences()


def test_two_first_notes_at_once_have_one_passphrase(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    external(office)
    ada, real = actor(office, "ada"), queries.own
    seen: list[int] = []

    def late(who: Any) -> Any:
        """The first look is before the other note, the second one after it."""
        seen.append(1)
        if len(seen) == 1:
            return []
        return real(who)

    written(office)
    monkeypatch.setattr(queries, "own", late)
    with pytest.raises(Conflict):
        commands.keep(ada, "quite another passphrase", "Mine.", again="quite another passphrase", warned=True)
    assert len(real(ada)) == 1


def test_the_days_are_those_that_the_page_says() -> None:
    assert timedelta(days=180).days == queries.KEPT_DAYS
