"""The verifier's own Ed25519 against Wycheproof and against another implementation."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel.note import VerifierKey
from plumbline_verify import verify

VECTORS = Path(__file__).parents[1] / "vectors" / "wycheproof_ed25519_test.json"


def accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    """The verifier's answer as a truth value."""
    try:
        return bool(verify.ed25519(public, message, signature))
    except ValueError:
        return False


def test_wycheproof():
    """F4: all 151 cases, in the verifier and in the product."""
    document = json.loads(VECTORS.read_text())
    seen = 0
    for group in document["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            assert accepts(public, message, signature) is (case["result"] == "valid"), case["tcId"]
            assert VerifierKey("x", public).verifies(message, signature) is (case["result"] == "valid")
            seen += 1
    assert seen == document["numberOfTests"] == 151


@settings(max_examples=15, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_against_cryptography(seed, message, bit):
    """What the other implementation signs is accepted, and one flipped bit is not."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert accepts(public, message, signature)
    assert not accepts(public, message + b"x", signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not accepts(public, message, bytes(flipped))


def test_points_that_are_none():
    """Keys off the curve, with y out of range, or with the sign of zero, are refused and not an error."""
    good = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = good.sign(b"m")
    for public in (b"\2" + bytes(31), b"\xff" * 32, (1 | 1 << 255).to_bytes(32, "little"), b"", bytes(31)):
        assert not accepts(public, b"m", signature)
