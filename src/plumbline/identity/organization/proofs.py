"""What the settings of the organization follow from: for each the last entry that changed it."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.models import OrganizationSetting
from plumbline.identity.organization.commands import CHANGED
from plumbline.trail import reading
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import Difference, Pass, Proof, compare, whole, without_entry, without_row

TABLE = "identity.OrganizationSetting"


def differences() -> Iterator[Difference]:
    """What the stored settings say otherwise than their entries."""
    expected = {entry.view.subject_ref: entry for entry in committed.of_types({CHANGED})}
    found = {row.name: row for row in OrganizationSetting.objects.all()}
    for name, entry in expected.items():
        if name not in found:
            yield without_row(TABLE, name, entry.index)
            continue
        row = found[name]
        said: dict[str, object] = {"changed_by": entry.view.actor}
        if "value" in entry.openings:
            said["value"] = entry.text("value")
        yield from compare(TABLE, name, entry.index, said, {"changed_by": row.changed_by, "value": row.value})
    for name in found.keys() - expected.keys():
        yield without_entry(TABLE, name)


def verify() -> None:
    """Raise `Altered` unless the settings are what their entries say."""
    reading.verify(differences)


def _check(start: int, stop: int) -> Iterator[Difference]:
    yield from differences()


DECLARATION = Proof(
    TABLE,
    "Each setting is what the last entry about it says, by whom it says. When is not proved.",
    (Pass("settings", whole, _check),),
)
