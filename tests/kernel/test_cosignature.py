"""Cosignatures and witness policies against c2sp.org/tlog-cosignature and c2sp.org/tlog-policy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from plumbline.kernel.cosignature import WitnessKey, cosign, cosigned_message
from plumbline.kernel.note import Note, NoteError, Signature, VerifierKey, sign
from plumbline.kernel.witness_policy import PolicyError, parse_policy

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
TIME = datetime.fromtimestamp(1_679_315_147, UTC)
EXAMPLE = (
    TEXT + "\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of the specification."""


def _witness(seed: int, name: str = "witness.example.com/w1") -> tuple[WitnessKey, Ed25519PrivateKey]:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return WitnessKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)), private


def _cosigned(seed: int = 1) -> tuple[WitnessKey, Note]:
    key, private = _witness(seed)
    return key, Note(TEXT, (cosign(TEXT, key, TIME, private.sign),))


def test_the_message_is_that_of_the_specification():
    assert cosigned_message(TEXT, 1_679_315_147) == b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()


def test_the_example_of_the_specification_has_the_time_it_names():
    line = Note.parse(EXAMPLE).signatures[1]
    assert (line.name, int.from_bytes(line.value[:8], "big")) == ("witness.example.com/w1", 1_679_315_147)
    assert len(line.value) == 72


def test_a_cosignature_holds_and_says_when():
    key, note = _cosigned()
    cosignature = key.cosignature(note)
    assert cosignature is not None
    assert cosignature.time == TIME
    assert WitnessKey.parse(str(key)) == key


def test_what_is_not_this_witnesss_cosignature_of_this_text_is_none():
    key, note = _cosigned()
    (line,) = note.signatures
    flipped = line.value[:-1] + bytes([line.value[-1] ^ 1])
    other_time = bytes([line.value[0], *line.value[1:7], line.value[7] ^ 1]) + line.value[8:]
    wrong = [
        Note(TEXT.replace("163", "164"), note.signatures),
        Note(TEXT, (Signature(line.name, line.key_id, flipped),)),
        Note(TEXT, (Signature(line.name, line.key_id, other_time),)),
        Note(TEXT, (Signature(line.name, line.key_id, line.value[:-1]),)),
        Note(TEXT, (Signature(line.name, line.key_id, b"\xff" * 72),)),
        Note(TEXT, (line, Signature(line.name, line.key_id, flipped))),
        Note(TEXT, (Signature("another", line.key_id, line.value),)),
        Note(TEXT, (Signature(line.name, b"\0" * 4, line.value),)),
    ]
    assert [key.cosignature(changed) for changed in wrong] == [None] * len(wrong)
    assert _witness(2)[0].cosignature(note) is None


def test_a_log_key_is_no_witness_key_and_its_signature_no_cosignature():
    key, private = _witness(1)
    log = VerifierKey(key.name, key.public)
    assert log.key_id != key.key_id
    assert key.cosignature(sign(TEXT, log, private.sign)) is None
    with pytest.raises(NoteError):
        WitnessKey.parse(str(log))
    with pytest.raises(NoteError):
        WitnessKey.parse(str(key).replace("+", "+0", 1))


def test_lines_of_unknown_algorithms_are_ignored():
    """An ML-DSA-44 cosignature is 2,420 bytes long; it stands beside ours and changes nothing."""
    key, note = _cosigned()
    unknown = Signature("pq.example.com", b"\6\6\6\6", bytes(8) + b"\1" * 2420)
    both = Note.parse(str(Note(TEXT, (unknown, *note.signatures))))
    cosignature = key.cosignature(both)
    assert cosignature is not None
    assert cosignature.time == TIME


def _policy(*lines: str) -> str:
    keys = {f"<{name}>": str(_witness(number, f"{name}.example")[0]) for number, name in enumerate("xyz", 1)}
    text = "\n".join(lines) + "\n"
    for place, key in keys.items():
        text = text.replace(place, key)
    return text


def test_a_quorum_is_counted_through_groups():
    policy = parse_policy(
        _policy(
            "# ours", "", "witness X <x>", "\twitness Y  <y> https://y.example ", "witness Z <z>",
            "group XY 1 X Y", "group all all XY Z", "quorum all",
        )
    )  # fmt: skip
    assert policy.witnesses["Y"].url == "https://y.example"
    assert not any(map(policy.holds, ((), ("X",), ("X", "Y"), ("Z",))))
    assert all(map(policy.holds, (("Y", "Z"), ("X", "Y", "Z"))))
    assert parse_policy("quorum none\n").holds(())


@pytest.mark.parametrize(
    "lines",
    [
        ["witness X <x>"],
        ["quorum X"],
        ["quorum none", "quorum none"],
        ["witness X <x>", "witness X <y>", "quorum X"],
        ["witness X <x>", "witness Y <x>", "quorum X"],
        ["witness none <x>", "quorum none"],
        ["witness X <x>", "group G 2 X", "quorum G"],
        ["witness X <x>", "group G 0 X", "quorum G"],
        ["witness X <x>", "group G some X", "quorum G"],
        ["group G any X", "witness X <x>", "quorum G"],
        ["witness X <x>", "group G any X", "group H any X", "quorum H"],
        ["witness X nonsense", "quorum X"],
        ["log <x>", "quorum none"],
        ["something else", "quorum none"],
    ],
)
def test_a_malformed_policy_is_refused(lines):
    with pytest.raises(PolicyError):
        parse_policy(_policy(*lines))
