"""Requests to addresses that the settings name: resolved once, checked, and sent to what was checked.

A name is resolved before it is connected to, and the connection goes to that very address; resolving again
for the connection would let whoever answers for the name give a harmless address first and another then.
Nothing is followed elsewhere: an answer that redirects is an answer like any other.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from plumbline.anchors.port import AnchorFailed
from plumbline.kernel.messages import say

TIMEOUT = 10.0
"""Seconds for a connection, and for each wait for bytes."""
LARGEST_ANSWER = 65_536


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, the type of the content, and the content."""

    status: int
    content_type: str
    content: bytes


def _refused(reason: str) -> AnchorFailed:
    return AnchorFailed(say("anchors.address-refused", "The address is not used: {reason}.", reason=reason))


def _resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of ``host``, each of which may be spoken to. Raises `AnchorFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AnchorFailed(
            say("anchors.unknown-host", "The name of the server cannot be resolved.")
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    # One private address among public ones is enough to refuse: which one is used is nobody's choice.
    if not allow_private and not all(ipaddress.ip_address(address).is_global for address in addresses):
        raise _refused("it leads into a private network, which PLUMBLINE_ANCHOR_PRIVATE allows")
    return addresses


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the name in the request resolves to by now."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address, self._context = address, context

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, content: bytes, content_type: str, *, allow_private: bool) -> Answer:
    """Send ``content`` to ``url`` and read what comes back, at most `LARGEST_ANSWER` bytes of it.

    Raises `AnchorFailed` for an address that may not be used or cannot be reached, and for a longer answer.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _refused("it is not a web address") from error
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.password:
        raise _refused("it is not a web address without a password in it")
    if parts.scheme == "http" and not allow_private:
        raise _refused("it is not encrypted (https)")
    context = ssl.create_default_context() if parts.scheme == "https" else None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    failure: Exception | None = None
    for address in _resolve(host, port, allow_private=allow_private):
        connection = _Pinned(host, port, address, context)
        try:
            connection.request("POST", path, content, {"Content-Type": content_type, "Connection": "close"})
            response = connection.getresponse()
            answer = response.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as error:
            failure = error
            continue
        finally:
            connection.close()
        if len(answer) > LARGEST_ANSWER:
            raise AnchorFailed(say("anchors.answer-too-large", "The answer of the server is too large."))
        return Answer(response.status, response.headers.get("Content-Type", ""), answer)
    kind = type(failure).__name__
    raise AnchorFailed(
        say("anchors.unreachable", "The server cannot be reached ({kind}).", kind=kind)
    ) from failure


def names_of(addresses: str) -> list[tuple[str, str]]:
    """(name, address) of web addresses separated by commas; the name is the host, made unique by a number."""
    found: dict[str, str] = {}
    for address in filter(None, (part.strip() for part in addresses.split(","))):
        host = urlsplit(address).hostname or "unnamed"
        name, number = host, 1
        while name in found:
            number += 1
            name = f"{host}-{number}"
        found[name] = address
    return list(found.items())
