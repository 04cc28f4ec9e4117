"""Whether the database of a data folder is one that this version of the program can bring up to date.

Migrations begin again with every release before 0.2 (`./run migrations`), since nothing was in use then. A
folder made before has a history that this program does not know, and Django would go on from a name that
means other tables now.
"""

from __future__ import annotations

import pkgutil
from importlib.util import find_spec

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from plumbline.kernel.messages import listing, say
from plumbline.kernel.problems import Conflict

_ROOT = "plumbline."


def _known() -> set[tuple[str, str]]:
    """Application label and name of every migration that this program has, read off the folders."""
    return {
        (config.label, module.name)
        for config in apps.get_app_configs()
        if config.name.startswith(_ROOT)
        for spec in (find_spec(f"{config.name}.migrations"),)
        if spec is not None
        for module in pkgutil.iter_modules(spec.submodule_search_locations)
    }


def unknown_migrations() -> list[str]:
    """Migrations of Plumbline's own rooms that the database has had and that this program does not know."""
    labels = {config.label for config in apps.get_app_configs() if config.name.startswith(_ROOT)}
    applied = MigrationRecorder(connection).applied_migrations()
    known = _known()
    return sorted(
        f"{label}.{name}" for label, name in applied if label in labels and (label, name) not in known
    )


def refuse_unknown_schema() -> None:
    """Raise `Conflict`, with what to do, for a database that another version of the program has made."""
    if unknown := unknown_migrations():
        raise Conflict(
            say(
                "schema.unknown",
                "This data folder was made by another version of Plumbline ({migrations}), and this version "
                "cannot read it. Open it with the version that made it. To move to this version, export the "
                "registers there (plumbline export), make a new folder here (plumbline init --data FOLDER) "
                "and import them.",
                migrations=listing(unknown, shown=3),
            )
        )
