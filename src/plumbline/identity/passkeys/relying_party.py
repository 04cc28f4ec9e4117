"""For whom a passkey is made: the domain and the origin of this installation's address.

A passkey belongs to a domain (the relying party id) and is used only by pages of one origin; both follow from
the configured address and never from what a request says of itself. An address of a number alone has no
domain: passkeys are not offered there, except on this machine, where the name ``localhost`` stands for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from plumbline.identity.organization import queries as organization

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class RelyingParty:
    """The relying party id (a domain), and the one origin whose pages may use it."""

    id: str
    origin: str


def relying_party() -> RelyingParty | None:
    """That of the configured address; ``None`` where browsers offer no passkeys for it."""
    parts = urlsplit(organization.current().public_address)
    host = (parts.hostname or "").rstrip(".")
    try:
        if not ip_address(host).is_loopback:
            return None
        host = "localhost"
    except ValueError:
        pass
    # Browsers take an address without TLS as secure on this machine only (W3C Secure Contexts, section 3.1).
    if not host or (parts.scheme != "https" and host != "localhost"):
        return None
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")
