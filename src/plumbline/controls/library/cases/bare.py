"""Bare members: something that is there and of which nothing else is recorded, for each population.

They are data and not functions on purpose: the digest of a check covers the functions that its module takes.
"""

from __future__ import annotations

from plumbline.controls.library.cases.samples import system

SYSTEM = (
    system(
        "SYS-BARE",
        slug="bare",
        owner=None,
        purpose="",
        human_oversight="",
        stop_procedure="",
        released_on=None,
        affected_groups=["customers"],
    ),
)
"""A live AI system that touches people directly, and nothing more."""
