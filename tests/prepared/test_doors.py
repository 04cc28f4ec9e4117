"""What the doors ask again and again is bound: a save of a known shape lets Django write few statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.sql.compiler import SQLCompiler
from tests.clauses.conftest import installation, make, mina, someone, today

from plumbline.identity.actors import Actor
from plumbline.prepared import statements
from plumbline.reports.decisions import commands
from plumbline.reports.decisions.commands import Decision

__all__ = ["installation", "make", "mina", "someone", "today"]
pytestmark = [pytest.mark.data_layer, pytest.mark.django_db(transaction=True)]
WRITTEN_ANEW = 3
"""Queries for which Django writes the statement in the change of one row: a lock and two counts."""


def test_a_changed_decision_lets_django_write_few_queries(
    make: Callable[..., Any], mina: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    risk = make("risk")
    monkeypatch.setattr(statements, "compare", 0)

    def decide(reason: str, revision: int | None) -> None:
        values = {"applicable": "yes", "reasons": ["own policy"], "justification": reason}
        commands.decide(mina, [Decision("A.2.2", values | {"risks": [risk.reference]}, revision)])

    decide("Our policy asks for it.", None)
    for revision in range(1, 4):
        decide(f"Our policy asks for it, {revision}.", revision)
    written: list[str] = []
    own = SQLCompiler.as_sql

    def as_sql(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        sql, parameters = own(self, *args, **kwargs)
        if not self.query.subquery:
            written.append(sql)
        return sql, parameters

    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)
    decide("Our policy asks for it still.", 4)
    assert len(written) <= WRITTEN_ANEW, "\n".join(written)
