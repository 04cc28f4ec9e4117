"""What links with identities of a provider follow from: the entries that made and ended them."""

from __future__ import annotations

from collections.abc import Iterator

from plumbline.identity.federated.commands import LINKED, UNLINKED
from plumbline.identity.models import FederatedIdentity
from plumbline.trail.commitments import queries as committed
from plumbline.trail.commitments.queries import CommittedEntry
from plumbline.trail.proofs import Difference, Pass, Proof, compare, whole, without_entry, without_row

TABLE = "identity.FederatedIdentity"
_VOIDED = "person.credentials-voided"


def _check(start: int, stop: int) -> Iterator[Difference]:
    linked: dict[tuple[str, object], CommittedEntry] = {}
    for entry in committed.of_types({LINKED, UNLINKED, _VOIDED}):
        handle = entry.view.subject_ref
        if entry.view.entry_type == LINKED:
            linked[handle, entry.facts["issuer"]] = entry
        elif entry.view.entry_type == UNLINKED:
            linked.pop((handle, entry.facts["issuer"]), None)
        else:
            linked = {key: each for key, each in linked.items() if key[0] != handle}
    rows = FederatedIdentity.objects.select_related("person")
    found = {(row.person.handle, row.issuer): row.subject for row in rows}
    for key, entry in linked.items():
        if key not in found:
            yield without_row(TABLE, key[0], entry.index)
        elif "subject" in entry.openings:
            subject: dict[str, object] = {"subject": entry.text("subject")}
            yield from compare(TABLE, key[0], entry.index, subject, {"subject": found[key]})
    for handle, _ in found.keys() - linked.keys():
        yield without_entry(TABLE, handle)


DECLARATION = Proof(
    TABLE,
    "Each link stands in the entry that made it, with the provider and the identity there; it is gone "
    "exactly when an entry says so. When it was made is not proved.",
    (Pass("federated identities", whole, _check),),
)
