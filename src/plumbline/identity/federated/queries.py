"""Which accounts are linked with an identity of a provider."""

from __future__ import annotations

from plumbline.identity.models import FederatedIdentity


def link_of(person_id: int, issuer: str) -> FederatedIdentity | None:
    """The link of an account with an identity of this provider, if it has one."""
    return FederatedIdentity.objects.filter(person_id=person_id, issuer=issuer).first()
