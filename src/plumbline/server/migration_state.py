"""Applying migrations to an empty database without rendering every model again for each new one.

While migrations run, Django keeps model classes in step with the state it has reached. For a new model it
renders again every model that is related to it, over any number of steps. All kinds of record are related
through their base table, so creating 67 models rendered 1,500 classes and took a third of ``plumbline init``.

A model that did not exist has nothing pointing to it yet, so rendering it alone is enough. It is also what
happens when Django starts: classes are made one after another, and relations are added to those that are
there. Changes of existing models are rendered as Django does it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import Index


@contextmanager
def new_models_rendered_alone() -> Iterator[None]:
    """For the time of the block, a new model is rendered without those it relates to, an index without any.

    Two methods of Django are replaced, since the executor makes its states itself. The test in
    ``tests/server/test_migration_state.py`` compares the database with one that was migrated without this.
    """
    add_model, add_index = ProjectState.add_model, ProjectState.add_index

    def add_alone(self: ProjectState, model_state: ModelState) -> None:
        key = (model_state.app_label, model_state.name_lower)
        # Nothing is rendered yet, or the model is there already: Django's own way.
        if "apps" not in vars(self) or key in self.models:
            add_model(self, model_state)
            return
        self.models[key] = model_state
        if self._relations is not None:  # type: ignore[attr-defined]  # missing in the stubs
            self.resolve_model_relations(key)
        self.apps.render_multiple([model_state])

    def note_index(self: ProjectState, app_label: str, model_name: str, index: Index) -> None:
        options = self.models[app_label, model_name].options
        # A new list: states that were copied from this one share the old one.
        options["indexes"] = [*options.get("indexes", []), index]

    ProjectState.add_model = add_alone  # type: ignore[method-assign]
    ProjectState.add_index = note_index  # type: ignore[method-assign]
    try:
        yield
    finally:
        ProjectState.add_model = add_model  # type: ignore[method-assign]
        ProjectState.add_index = add_index  # type: ignore[method-assign]
