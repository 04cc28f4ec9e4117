"""The organization once it is built: one copy for all tests, which a conftest alone could not share."""

from __future__ import annotations

from typing import Any

from tests.assurance.outsider.doors import Doors

kept: dict[str, Any] = {}
"""The snapshot of its database and folder, and its doors."""


def fresh() -> Doors:
    """The doors as they were when the organization was built."""
    built: Doors = kept["doors"]
    doors = Doors(built.now, dict(built.actors), dict(built.addresses), dict(built.references))
    doors.tick()
    return doors
