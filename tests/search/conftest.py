"""The people and the record that the tests of records have."""

from __future__ import annotations

from tests.records.conftest import installation, mina, sara, someone, system

__all__ = ["installation", "mina", "sara", "someone", "system"]
