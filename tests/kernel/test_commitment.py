"""Commitments: what they are made of, and that they bind."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel.commitment import commit, opens


def test_the_formula():
    """SHA-256(0x02 ‖ salt ‖ opening), written out."""
    salt = bytes(range(32))
    assert commit(b"opening", salt).digest == hashlib.sha256(b"\x02" + salt + b"opening").digest()


def test_salts_are_fresh_and_of_one_length():
    """The same opening twice gives unrelated digests; a salt of another length could shift the border."""
    first, second = commit(b"x"), commit(b"x")
    assert first.salt != second.salt
    assert first.digest != second.digest
    for salt in (b"", b"s" * 31, b"s" * 33):
        with pytest.raises(ValueError):
            commit(b"x", salt)
        assert not opens(first.digest, salt, b"x")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=64), st.integers(0, 511))
def test_a_changed_bit_does_not_open(opening, bit):
    """Flip one bit of salt or digest, or add a byte to the opening: no."""
    made = commit(opening)
    assert opens(made.digest, made.salt, opening)
    both = bytearray(made.salt + made.digest)
    both[bit // 8] ^= 1 << bit % 8
    assert not opens(bytes(both[32:]), bytes(both[:32]), opening)
    assert not opens(made.digest, made.salt, opening + b"\0")
