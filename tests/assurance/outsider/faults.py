"""All faults in a fixed order, and some three hundred of them drawn by a seed, no family over a tenth."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.assurance.outsider import faults_management, faults_running, faults_systems
from tests.assurance.outsider.planting import SEED, Fault

DRAWN = 345
"""Some of these the product refuses at every door; at least `WANTED` remain."""
WANTED = 300
MOST = WANTED // 10
"""The most faults of one family."""


def every_fault() -> list[Fault]:
    """Every fault that can be planted, numbered."""
    found = [
        *faults_systems.all_of_them(),
        *faults_management.all_of_them(),
        *faults_running.all_of_them(),
    ]
    return [replace(fault, number=number) for number, fault in enumerate(found, start=1)]


def drawn() -> list[Fault]:
    """The faults that are planted, by the seed: some of each kind, in the order of `every_fault`."""
    found, draw = every_fault(), Random(SEED)
    chosen = {fault.said + fault.family: fault.number for fault in draw.sample(found, len(found))}
    numbers = set(chosen.values())  # one of each kind first, then as many more as are wanted
    others = [fault for fault in draw.sample(found, len(found)) if fault.number not in numbers]
    for fault in others:
        if len(numbers) == DRAWN:
            break
        if sum(one.family == fault.family and one.number in numbers for one in found) < MOST:
            numbers.add(fault.number)
    return [fault for fault in found if fault.number in numbers]
