"""Making the tables of a new database at once, instead of by every change that was ever made to them.

Applying the migrations one after another renders and alters tables in which nothing stands: it took six of
the eight seconds of ``plumbline init``, and more with every version. All that a new database needs is the
state in which the migrations end, which Django computes from them without a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

_Plan = Sequence[tuple[Migration, bool]]


@contextmanager
def new_tables_at_once() -> Iterator[None]:
    """For the time of the block, ``migrate`` makes the tables of a database without any in their last form.

    Then it runs what the migrations do by hand, such as triggers, on these tables, and notes every migration
    as applied. What is marked as *elidable* is left out: it mends rows of earlier versions. A database that
    has had a migration is brought forward as Django does it.

    A method of Django is replaced, since its command makes the executor itself. The tests in
    ``tests/server/test_new_database.py`` compare the database with one that was migrated step by step.
    """
    step_by_step = MigrationExecutor.migrate

    def at_once(
        self: MigrationExecutor,
        targets: Any,
        plan: _Plan | None = None,
        state: ProjectState | None = None,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        every = self.migration_plan(self.loader.graph.leaf_nodes(), clean_start=True)
        if fake or self.loader.applied_migrations or plan is None or len(plan) < len(every):
            return step_by_step(self, targets, plan, state, fake, fake_initial)
        self.recorder.ensure_schema()
        return _make(self, [migration for migration, _ in plan])

    MigrationExecutor.migrate = at_once  # type: ignore[method-assign]
    try:
        yield
    finally:
        MigrationExecutor.migrate = step_by_step  # type: ignore[method-assign]


def _make(executor: MigrationExecutor, migrations: list[Migration]) -> ProjectState:
    state = executor.loader.project_state()
    with executor.connection.schema_editor() as editor:
        for label, name in state.models:
            model = state.apps.get_model(label, name)
            if model._meta.can_migrate(executor.connection):
                editor.create_model(model)
        for migration in migrations:
            for operation in migration.operations:
                if isinstance(operation, RunPython | RunSQL) and not operation.elidable:
                    operation.database_forwards(migration.app_label, editor, state, state)
        for migration in migrations:
            executor.recorder.record_applied(migration.app_label, migration.name)
    return state
