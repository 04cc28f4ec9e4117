"""What passkeys follow from: the entries that added, named and removed them."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.passkeys import queries
from plumbline.identity.passkeys.commands import ADDED, REMOVED, RENAMED
from plumbline.trail.commitments import queries as committed
from plumbline.trail.proofs import Difference, compare, without_entry, without_row

TABLE = "mfa.Authenticator"
_VOIDED = "person.credentials-voided"


def _expected() -> dict[str, dict[str, object]]:
    """What the entries say of every passkey that is there still, by its opaque id."""
    expected: dict[str, dict[str, object]] = {}
    for entry in committed.of_types({ADDED, RENAMED, REMOVED, _VOIDED}):
        event, person = entry.view.entry_type, entry.view.subject_ref
        if event == _VOIDED:
            expected = {handle: row for handle, row in expected.items() if row["person"] != person}
            continue
        handle = str(entry.facts["passkey"])
        if event == REMOVED:
            expected.pop(handle, None)
            continue
        row = expected.setdefault(handle, {"person": person})
        row["_entry"] = entry.index
        row |= {slot: entry.text(slot) for slot in ("name", "credential") if slot in entry.openings}
    return expected


def check(start: int, stop: int) -> Iterator[Difference]:
    """Where passkeys and their entries differ, both ways."""
    found = {each.handle: each for each in queries.all_passkeys()}
    expected = _expected()
    for handle, fields in expected.items():
        index = int(str(fields.pop("_entry")))
        if handle not in found:
            yield without_row(TABLE, handle, index)
            continue
        key = found[handle]
        row = {"person": key.person, "name": key.name, "credential": key.digest}
        yield from compare(TABLE, handle, index, fields, row)
    for handle in found.keys() - expected.keys():
        yield without_entry(TABLE, handle)
