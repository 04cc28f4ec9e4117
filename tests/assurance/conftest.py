"""People, complete records and an installation, as the clauses' tests make them."""

from __future__ import annotations

from tests.clauses.conftest import installation, make, mina, sara, someone, today, tove

__all__ = ["installation", "make", "mina", "sara", "someone", "today", "tove"]
