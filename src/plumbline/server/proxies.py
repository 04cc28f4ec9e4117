"""Whom a request comes from, when reverse proxies stand in front of the server.

Limits on tries count by the visitor's address, and one-time links work on this machine only. Without a list
of proxies all visitors behind one would share one budget; with a header that anybody may send, each could
choose an address for every try. So only a peer on the list (``PLUMBLINE_TRUSTED_PROXIES``) is believed, and
its list of addresses is read from the right: every proxy appends whom it saw, so the first address from the
right that is not a trusted proxy is the visitor, and whatever stands further left may be the visitor's own
invention.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from plumbline.api.raw_body import Receive, Scope, Send
from plumbline.config import ProxyHeader

_log = logging.getLogger(__name__)
Address = IPv4Address | IPv6Address
_HOST = re.compile(r"[A-Za-z0-9.\-_]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_LONGEST = 2_048
"""Characters of a header that are read. Chains of proxies are short; longer ones are made to cost time."""


@dataclass(frozen=True)
class Hop:
    """What one proxy said: the address it was asked from, and by which scheme and host, where it says so."""

    address: Address | None
    scheme: str = ""
    host: str = ""


def parse_address(text: str) -> Address | None:
    """The address in one element, with or without a port or brackets; ``None`` for names and nonsense."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # One visitor is one address, whichever way the socket of a proxy spells it.
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address


class TrustedProxies:
    """ASGI middleware: client, scheme and host of a request as a trusted proxy gives them."""

    def __init__(
        self,
        app: Any,
        networks: Iterable[IPv4Network | IPv6Network],
        header: ProxyHeader = ProxyHeader.X_FORWARDED_FOR,
    ) -> None:
        """Believe peers within ``networks``; they name the visitor in ``header``."""
        self._app, self._networks, self._header = app, tuple(networks), header
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with what the proxies say of it when its peer is one of them."""
        if scope["type"] == "http":
            peer = parse_address(str(scope["client"][0])) if scope.get("client") else None
            if peer is not None and self._trusts(peer):
                scope = self._seen_by_proxy(scope, peer)
            else:
                self._warn_once(scope)
        await self._app(scope, receive, send)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _seen_by_proxy(self, scope: Scope, peer: Address) -> Scope:
        client, source = peer, Hop(None)
        for hop in self._hops(scope["headers"]):
            # What is not an address ends the walk: nobody knows what stands left of it.
            if hop.address is None:
                break
            client, source = hop.address, hop
            if not self._trusts(hop.address):
                break
        scheme, host = source.scheme, source.host
        if self._header is ProxyHeader.X_FORWARDED_FOR:
            scheme, host = (
                _last(scope["headers"], name) for name in (b"x-forwarded-proto", b"x-forwarded-host")
            )
        seen = {**scope, "client": (str(client), 0)}
        if scheme.lower() in ("http", "https"):
            seen["scheme"] = scheme.lower()
        if _HOST.fullmatch(host):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            seen["headers"] = [*others, (b"host", host.encode("ascii"))]
        return seen

    def _hops(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Hop]:
        """What the proxies said, the nearest one first."""
        for element in _from_right(_joined(headers, self._header.encode()), ","):
            forwarded = self._header is ProxyHeader.FORWARDED
            yield _forwarded_hop(element) if forwarded else Hop(parse_address(element))

    def _warn_once(self, scope: Scope) -> None:
        """Say once that a proxy seems to stand in front which the settings do not name."""
        if not self._warned and any(name == self._header.encode() for name, _ in scope["headers"]):
            self._warned = True
            _log.warning(
                "a request came with the header %s from an address that PLUMBLINE_TRUSTED_PROXIES does not "
                "name; the header is ignored. If a reverse proxy stands in front of this server, add its "
                "address",
                self._header,
            )


def _joined(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """All lines of one header as one list (RFC 9110, section 5.3); of a very long one its right part."""
    text = ",".join(value.decode("latin-1") for key, value in headers if key == name)
    return text if len(text) <= _LONGEST else text[-_LONGEST:].partition(",")[2]


def _last(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """The last value of a header: the one that the proxy next to this server has set."""
    return _joined(headers, name).rpartition(",")[2].strip()


def _from_right(text: str, separator: str) -> Iterator[str]:
    """The parts of ``text`` between separators outside of quotes, the last one first.

    Read from the right, so that a quote which a visitor opens and never closes cannot swallow what the proxy
    has appended after it.
    """
    end, quoted = len(text), False
    for place in range(len(text) - 1, -1, -1):
        if text[place] == '"':
            quoted = not quoted
        elif text[place] == separator and not quoted:
            yield text[place + 1 : end]
            end = place
    if text:
        yield text[:end]


def _forwarded_hop(element: str) -> Hop:
    """One element of a ``Forwarded`` header (RFC 7239, section 4)."""
    pairs = (pair.partition("=") for pair in _from_right(element, ";"))
    values = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
    return Hop(parse_address(values.get("for", "")), values.get("proto", ""), values.get("host", ""))
