"""The sample against ranks worked out by another tool, and against a naive reading of the method."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from plumbline.reports import sampling
from plumbline.reports.sampling import Member


def test_a_rank_is_what_sha256sum_says() -> None:
    """``printf 'audit-2026:7' | sha256sum``."""
    assert sampling.rank("audit-2026", 7).hex() == RANK_7


RANK_7 = "45a2a04af66b9aeb6080f94ebc841d65897f7565425a6c16aaa2bde0d702a6ab"


@given(st.text(max_size=20), st.integers(0, 60), st.integers(0, 70))
def test_the_draw_is_the_smallest_ranks(seed: str, size: int, wanted: int) -> None:
    ranked = sorted(range(size), key=lambda place: hashlib.sha256(f"{seed}:{place}".encode()).hexdigest())
    assert sampling.draw(seed, size, wanted) == ranked[:wanted]


def test_a_population_is_listed_in_order_with_its_places() -> None:
    text = sampling.listed([Member(4, 0, b"\x01" * 32), Member(4, 2, b"\x02" * 32)]).decode()
    assert text.splitlines() == [
        "place,entry,position,commitment",
        f"0,4,0,{'01' * 32}",
        f"1,4,2,{'02' * 32}",
    ]
