"""What the database of a data folder says about the version that made it, and which version can read it.

Migrations began again twice before 0.1.0. A folder of those days has a history of other names; Django would
take the first name that it does not find for one that is still to be applied, and fail in the middle. So the
names that were given up are kept here, with the last commit of the program that knows them.
"""

from __future__ import annotations

import json
import pkgutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from django.apps import AppConfig, apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

import plumbline
from plumbline.kernel.messages import Message, listing, say
from plumbline.kernel.problems import Conflict

Name = tuple[str, str]
"""Application label and name of a migration."""
_ROOT: Final = "plumbline."
_STAMP: Final = "version.json"


def _names(text: str) -> frozenset[Name]:
    pairs = (word.partition(".") for word in text.split())
    return frozenset((label, name) for label, _, name in pairs)


TAKEN_OVER: Final = _names(
    "clauses.0001_initial clauses.0002_help_texts clauses.0003_authority_limits clauses.0004_quality_verdict "
    "clauses.0005_longest_intervals clauses.0006_back_test_is_computed clauses.0007_risk_criteria "
    "clauses.0008_statement_versions controls.0001_initial controls.0002_members_and_strength "
    "controls.0003_restatements controls.0004_escalations controls.0005_residual_levels "
    "identity.0001_initial identity.0002_accounts_of_one_person metrics.0001_initial "
    "metrics.0002_references_since records.0001_initial records.0002_approval_digests "
    "records.0003_units_that_wait_for_approval"
)
"""Migrations whose tables together are, column by column, those that `TAKEN_OVER_BY` makes."""
TAKEN_OVER_BY: Final = _names(
    "clauses.0001_initial_2 controls.0001_initial_2 identity.0001_initial_2 metrics.0001_initial_2 "
    "records.0001_initial_2"
)
LAST_TO_COMPLETE: Final = "5103dec"
"""The commit that brings a folder with some of `TAKEN_OVER` to all of them."""
_FORSAKEN: Final = _names(
    "clauses.0001_kinds clauses.0002_criteria_groups_and_keeping clauses.0003_live_systems "
    "controls.0002_result_salt controls.0002_result_sealed_bytes metrics.0002_categories "
    "records.0002_answered records.0002_imports_and_repeats records.0003_index_cards"
)
LAST_TO_EXPORT: Final = "7d9f191"
"""The last commit that reads a folder with any of `_FORSAKEN`."""
LAST_WITH_TEXTS: Final = "ae2af26"
"""The last commit that reads reasons of results kept as bare texts; no later one makes messages of them."""
_REASON_OF_RESULTS: Final = {
    "sqlite": "SELECT sql NOT LIKE '%JSON_VALID(\"reason\")%' FROM sqlite_master "
    "WHERE name = 'controls_result'",
    "postgresql": "SELECT data_type = 'text' FROM information_schema.columns WHERE column_name = 'reason' "
    "AND table_name = 'controls_result' AND table_schema = current_schema()",
}


@dataclass(frozen=True)
class SchemaState:
    """How the migrations of a database differ from those of this program."""

    unknown: frozenset[Name]
    """Applied to the database, and not among those of this program."""
    pending: frozenset[Name]
    """Of this program, and not applied yet."""
    empty: bool
    """No migration was ever applied: a database that is still to be made."""

    @property
    def may_be_taken_over(self) -> bool:
        """Whether all that is unknown is a history that this program goes on from under other names."""
        return self.unknown == TAKEN_OVER


def _rooms() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if config.name.startswith(_ROOT)]


def _migrations_of(config: AppConfig) -> frozenset[Name]:
    """The migrations that an application has, read off its folder."""
    spec = find_spec(f"{config.name}.migrations")
    if spec is None:
        return frozenset()
    return frozenset(
        (config.label, module.name)
        for module in pkgutil.iter_modules(spec.submodule_search_locations)
        if module.name[0] not in "_~"
    )


def state() -> SchemaState:
    """How the migrations in the default database differ from those of this program."""
    applied = frozenset(MigrationRecorder(connection).applied_migrations())
    labels = {config.label for config in _rooms()}
    known = frozenset[Name]().union(*map(_migrations_of, apps.get_app_configs()))
    unknown = frozenset(name for name in applied if name[0] in labels) - known
    return SchemaState(unknown, known - applied, not applied)


def refuse_other_version(data: Path, *, may_upgrade: bool) -> SchemaState:
    """The state of the database, if this program can work with it.

    Raises `Conflict`, with what to do, for one that a newer version has made, for an older one that cannot be
    brought up to date, and, unless it ``may_upgrade``, for one that has yet to be.
    """
    found = state()
    if found.unknown and not found.may_be_taken_over:
        raise Conflict(_cannot_be_read(found.unknown, data))
    if not may_upgrade and not found.empty and (found.pending or found.unknown):
        raise Conflict(
            say(
                "schema.older",
                "The data folder {data} is of an earlier version of Plumbline and has to be brought up to "
                "date before anything else. Copy it, stop what runs on it, and start the server (plumbline "
                "serve) or run plumbline init --data {data}.",
                data=str(data),
            )
        )
    return found


def _cannot_be_read(unknown: frozenset[Name], data: Path) -> Message:
    shown = listing(sorted(".".join(name) for name in unknown), shown=3)
    forsaken = LAST_TO_EXPORT if unknown & _FORSAKEN else LAST_WITH_TEXTS if _has_reasons_as_texts() else ""
    if unknown <= TAKEN_OVER and not forsaken:
        return say(
            "schema.incomplete",
            "The data folder {data} was made before 0.1.0 and is not complete for this version "
            "({migrations}). Copy it and bring it up to date with commit {commit} of Plumbline (git checkout "
            "{commit}, then ./run init --data {data}); this version goes on from there. Nothing was changed.",
            data=str(data),
            migrations=shown,
            commit=LAST_TO_COMPLETE,
        )
    if unknown <= TAKEN_OVER | _FORSAKEN:
        return say(
            "schema.too-old",
            "The data folder {data} was made before 0.1.0, and this version cannot read it ({migrations}). "
            "Commit {commit} of Plumbline can: export the registers there (git checkout {commit}, then "
            "./run plumbline export), make a new folder here (plumbline init --data FOLDER) and import them. "
            "Keep the old folder, which holds its trail. Nothing was changed.",
            data=str(data),
            migrations=shown,
            commit=forsaken,
        )
    return say(
        "schema.newer",
        "The data folder {data} was written by a newer version of Plumbline ({version}; unknown here: "
        "{migrations}). This is {own}. Run the newer version, or go back to the copy that was made before "
        "the upgrade. Nothing was changed.",
        data=str(data),
        version=_stamped(data) or "version unknown",
        migrations=shown,
        own=plumbline.__version__,
    )


def _has_reasons_as_texts() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_REASON_OF_RESULTS[connection.vendor])
        row = cursor.fetchone()
    return bool(row and row[0])


def stamp(data: Path) -> None:
    """Note in the data folder which version brought it up to date, for an older one that meets it later."""
    content = json.dumps({"version": plumbline.__version__}) + "\n"
    file = data / _STAMP
    if not file.exists() or file.read_text(encoding="utf-8") != content:
        file.write_text(content, encoding="utf-8")
        file.chmod(0o600)


def _stamped(data: Path) -> str:
    try:
        document = json.loads((data / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""  # it only makes the message more telling
    return str(document.get("version", ""))[:40] if isinstance(document, dict) else ""
