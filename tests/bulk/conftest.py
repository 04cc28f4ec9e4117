"""The people that the tests of records have."""

from __future__ import annotations

from tests.records.conftest import installation, mina, sara, someone

__all__ = ["installation", "mina", "sara", "someone"]
