"""The sample against ranks worked out by another tool, and against a naive reading of the method."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from plumbline.reports import sampling
from plumbline.reports.population import Place, Population


def test_a_rank_is_what_sha256sum_says() -> None:
    """``printf 'audit-2026:7' | sha256sum``."""
    assert sampling.rank("audit-2026", 7).hex() == RANK_7


RANK_7 = "45a2a04af66b9aeb6080f94ebc841d65897f7565425a6c16aaa2bde0d702a6ab"


@given(st.text(max_size=20), st.integers(0, 60), st.integers(0, 70))
def test_the_draw_is_the_smallest_ranks(seed: str, size: int, wanted: int) -> None:
    ranked = sorted(range(size), key=lambda place: hashlib.sha256(f"{seed}:{place}".encode()).hexdigest())
    assert sampling.draw(seed, size, wanted) == ranked[:wanted]
    odd = [place for place in ranked if place % 2]
    assert sampling.draw(seed, size, wanted, range(0, size, 2)) == odd[:wanted]


def test_a_population_counts_everybody_and_lists_who_is_left_out() -> None:
    population = Population()
    population.add(4, ["", "other types", "other types", ""])
    population.add_all(9, 2, "missing")
    assert (population.size, population.left_out) == (2, {"other types": 2, "missing": 2})
    assert population.document(0, 10, 5) == (
        b'{"excluded":[[4,1,2,"other types"],[9,0,1,"missing"]],"of":"decision","range":[0,10],"wanted":5}'
    )
    drawn = population.draw("seed", 5)
    assert sorted(drawn, key=lambda row: row[0]) == [(0, Place(4, 0)), (3, Place(4, 3))]


def test_a_record_stands_once_in_its_population_with_its_newest_revision() -> None:
    population = Population("risk")
    population.add_record(3, "RSK-0001", "")
    population.add_record(5, "RSK-0002", "not in scope")
    population.add_record(7, "RSK-0001", "")
    assert [place for _, place in population.draw("seed", 9)] == [Place(7, 0)]
