"""The map of all controls by area, under a legend with counts that also filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.http import urlencode

from plumbline import catalogs
from plumbline.catalogs import Group
from plumbline.controls.requirement_posture import RequirementPosture
from plumbline.kernel.states import MeasuredState


@dataclass(frozen=True)
class MapArea:
    """The controls of one area of Annex A."""

    area: Group
    controls: tuple[RequirementPosture, ...]


@dataclass(frozen=True)
class LegendItem:
    """A state, how many are in it, and the list of those."""

    state: StrEnum
    count: int
    href: str
    current: bool


def control_map(postures: Mapping[str, RequirementPosture]) -> tuple[MapArea, ...]:
    """All controls of Annex A by area."""
    return tuple(
        MapArea(area, tuple(postures[member] for member in area.members if _is_control(member)))
        for area in catalogs.areas()
    )


def _is_control(requirement_id: str) -> bool:
    return catalogs.requirement(requirement_id).kind == "control"


def legend(postures: Mapping[str, RequirementPosture], current: str = "") -> tuple[LegendItem, ...]:
    """How many controls are in each state, the good ones first, then by gravity; zeros left out."""
    order = sorted(MeasuredState, key=lambda state: not state.good)
    states = (postures[row.id].measured for row in catalogs.controls())
    return legend_of(states, order, current, f"{reverse('controls')}?state=")


def legend_of(
    states: Iterable[StrEnum], order: Iterable[StrEnum], current: str, base: str
) -> tuple[LegendItem, ...]:
    """How often each of ``order`` stands among ``states``; the address ``base`` goes on with a state."""
    counts = Counter(states)
    return tuple(
        LegendItem(state, counts[state], base + urlencode({"": str(state)})[1:], state == current)
        for state in order
        if counts[state]
    )
