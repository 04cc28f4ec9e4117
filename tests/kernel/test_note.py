"""Signed notes, checkpoints, keys and proofs: the specification's examples, and everything malformed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plumbline.kernel import note
from plumbline.kernel.note import LogProof, Note, NoteError, TreeHead, VerifierKey

EXAMPLE = json.loads((Path(__file__).parents[1] / "vectors" / "c2sp_signed_note_example.json").read_text())
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey("plumbline.test/main/1", PRIVATE.public_key().public_bytes_raw())


def test_the_example_of_the_specification():
    """F4: the key, its id, and the signature verify; one other byte and it does not."""
    key = VerifierKey.parse(EXAMPLE["vkey"])
    assert str(key) == EXAMPLE["vkey"]
    assert key.key_id.hex() == EXAMPLE["expected"]["key_id_hex"]
    signed = Note.parse(EXAMPLE["note"])
    assert signed.signed_by(key) is EXAMPLE["expected"]["verifies"]
    assert str(signed) == EXAMPLE["note"]
    assert not Note(signed.text.replace("example", "Example"), signed.signatures).signed_by(key)
    assert not signed.signed_by(KEY)


def test_the_checkpoint_of_the_specification():
    """F4: origin, size and root are read."""
    head = TreeHead.parse(Note.parse(EXAMPLE["checkpoint_format_only"]).text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text() == Note.parse(EXAMPLE["checkpoint_format_only"]).text


def test_signing_is_deterministic_and_verifies():
    """The same head has the same note, byte for byte: a stop before publishing is harmless."""
    head = TreeHead(KEY.name, 7, b"\1" * 32)
    signed = note.sign(head.text(), KEY, PRIVATE.sign)
    assert str(signed) == str(note.sign(head.text(), KEY, PRIVATE.sign))
    assert Note.parse(str(signed)).signed_by(KEY)


def test_unknown_signatures_are_kept_and_ignored():
    """Cosignatures of other kinds may stand there from the first day; a wrong line of ours may not."""
    signed = note.sign(TreeHead(KEY.name, 7, b"\1" * 32).text(), KEY, PRIVATE.sign)
    foreign = note.Signature("witness.example", b"abcd", b"\6" * 2420)
    both = Note.parse(str(Note(signed.text, (foreign, *signed.signatures))))
    assert both.signed_by(KEY)
    wrong = note.Signature(KEY.name, KEY.key_id, b"\0" * 64)
    assert not Note(signed.text, (*signed.signatures, wrong)).signed_by(KEY)


GOOD = str(note.sign(TreeHead(KEY.name, 7, b"\1" * 32).text(), KEY, PRIVATE.sign))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "text",
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "x",
        GOOD.replace("\n\n", "\n"),
        GOOD.replace("— ", "- "),
        GOOD.replace("— ", "—  "),
        GOOD.replace("\n", "\r\n"),
        "\t" + GOOD,
        "\x7f" + GOOD,
        GOOD.replace("main/1 ", "main/1"),
        GOOD[:-2] + "!\n",
        GOOD[:-3] + "\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
        "x" * 1_000_001,
    ],
    ids=range(19),
)
def test_malformed_notes(content):
    """F4: nothing but `NoteError`."""
    with pytest.raises(NoteError):
        Note.parse(content)


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n1\nAQ==\n",
        "o\n01\n" + note.encode64(b"\1" * 32) + "\n",
        "o\n-1\n" + note.encode64(b"\1" * 32) + "\n",
        "o\n99999999999999999999\n" + note.encode64(b"\1" * 32) + "\n",
        "o\n9999999999999999999\n" + note.encode64(b"\1" * 32) + "\n",
        "\n1\n" + note.encode64(b"\1" * 32) + "\n",
        "o o\n1\n" + note.encode64(b"\1" * 32) + "\n",
        "o\n1\n" + note.encode64(b"\1" * 32) + "\nextension\n",
        "o\n1\n" + note.encode64(b"\1" * 32),
        "o\n1\n" + note.encode64(b"\1" * 32)[:-2] + "F=\n",
    ],
    ids=range(11),
)
def test_malformed_checkpoints(text):
    """F4: nothing but `NoteError`."""
    with pytest.raises(NoteError):
        TreeHead.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        f"{KEY.name}+{KEY.key_id.hex().upper()}+{str(KEY).split('+', 2)[2]}"
        if KEY.key_id.hex().upper() != KEY.key_id.hex()
        else "x",
        f"{KEY.name}x+{KEY.key_id.hex()}+{str(KEY).split('+', 2)[2]}",
        f"{KEY.name}+{KEY.key_id.hex()}+AQ==",
        f"{KEY.name}+{KEY.key_id.hex()}+" + note.encode64(b"\2" + KEY.public),
        f"na me+{KEY.key_id.hex()}+{str(KEY).split('+', 2)[2]}",
    ],
    ids=range(8),
)
def test_malformed_keys(text):
    """F4: nothing but `NoteError`."""
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


def test_log_proofs():
    """The examples of transparency-dev/formats (``proof`` package), and a round trip."""
    path = (b"\1" * 32, b"\2" * 32)
    lines = "\n".join(note.encode64(hashed) for hashed in path)
    assert str(LogProof(5, path, GOOD)) == f"c2sp.org/tlog-proof@v1\nindex 5\n{lines}\n\n{GOOD}"
    assert str(LogProof(0, (), GOOD)) == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{GOOD}"
    extra = LogProof(10, path, GOOD, b"extra information")
    assert str(extra).startswith("c2sp.org/tlog-proof@v1\nextra ZXh0cmEgaW5mb3JtYXRpb24=\nindex 10\n")
    for proof in (LogProof(5, path, GOOD), LogProof(0, (), GOOD), extra):
        assert LogProof.parse(str(proof)) == proof


@pytest.mark.parametrize(
    "content",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nindex 01\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nindex -1\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nextra AAAA\n\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nindex 0\n" + (note.encode64(b"\1" * 32) + "\n") * 64 + "\n" + GOOD,
        "c2sp.org/tlog-proof@v1\nindex 0\n\nno checkpoint",
        "c2sp.org/tlog-proof@v1\nindex 0",
    ],
    ids=range(11),
)
def test_malformed_log_proofs(content):
    """F4: nothing but `NoteError`."""
    with pytest.raises(NoteError):
        LogProof.parse(content)
