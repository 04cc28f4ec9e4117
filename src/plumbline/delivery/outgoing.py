"""Requests to addresses that somebody gives: resolved once, checked, and sent to what was checked.

A name is resolved before it is connected to, and the connection goes to that very address; resolving again
for the connection would let whoever answers for the name give a harmless address first and another then.
Nothing is followed elsewhere: an answer that redirects is an answer like any other.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from plumbline.kernel.messages import Text, say

TIMEOUT = 10.0
"""Seconds for a connection, and for each wait for bytes."""
DEADLINE = 20.0
"""Seconds for a whole request: a server that sends a byte now and then must not hold anybody up for hours."""
LARGEST_ANSWER = 65_536
_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses that a gateway translates to the IPv4 address in their last four bytes (RFC 6052)."""


class RequestFailed(Exception):
    """Nothing came back; ``reason`` says why, without an address or a secret in it.

    ``is_refused`` says that the address may not be used at all, so that it was not even tried.
    """

    def __init__(self, reason: Text, *, is_refused: bool = False) -> None:
        super().__init__(str(reason))
        self.reason, self.is_refused = reason, is_refused


@dataclass(frozen=True)
class Answer:
    """What came back: the HTTP status, the type of the content, and the content."""

    status: int
    content_type: str
    content: bytes


def _refused(reason: str) -> RequestFailed:
    text = say("outgoing.address-refused", "The address is not used: {reason}.", reason=reason)
    return RequestFailed(text, is_refused=True)


def is_public(address: str) -> bool:
    """Whether an IP address leads to the public Internet, and to one machine there.

    An IPv6 address that stands for an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by that one as well.
    """
    found = ipaddress.ip_address(address)
    if not found.is_global or found.is_multicast:
        return False
    if isinstance(found, IPv4Address):
        return True
    return not found.is_site_local and all(each.is_global for each in _embedded(found))


def _embedded(address: IPv6Address) -> list[IPv4Address]:
    teredo = address.teredo or ()
    in_nat64 = [IPv4Address(address.packed[-4:])] if address in _NAT64 else []
    return [each for each in (address.ipv4_mapped, address.sixtofour, *teredo, *in_nat64) if each is not None]


def _resolve(host: str, port: int, *, private_setting: str) -> list[str]:
    """The addresses of ``host``, each of which may be spoken to. Raises `RequestFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RequestFailed(
            say("outgoing.unknown-host", "The name of the server cannot be resolved.")
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    # One private address among public ones is enough to refuse: which one is used is nobody's choice.
    if private_setting and not all(map(is_public, addresses)):
        raise _refused(f"it leads into a private network, which {private_setting} allows")
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

    def cut(self) -> None:
        """End the connection from another thread; whoever reads from it gets the end of the stream."""
        if self.sock is not None:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def check_address(url: str, *, allow_private: bool) -> SplitResult:
    """The parts of a web address that may be used, as far as that shows before its name is resolved.

    Raises `RequestFailed` for one that is none, has a password in it, or is not encrypted.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise _refused("it is not a web address") from error
    if any(letter <= " " or letter == "\x7f" for letter in url):
        raise _refused("it is not a web address")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise _refused("it is not a web address without a password in it")
    if parts.scheme == "http" and not allow_private:
        raise _refused("it is not encrypted (https)")
    return parts


def get(url: str, headers: Mapping[str, str], *, private_setting: str) -> Answer:
    """Read what is at ``url``, by the rules of `post`."""
    return _exchange("GET", url, None, headers, private_setting=private_setting)


def post(url: str, content: bytes, headers: Mapping[str, str], *, private_setting: str) -> Answer:
    """Send ``content`` to ``url`` and read what comes back, at most `LARGEST_ANSWER` bytes of it.

    ``private_setting`` names the setting that would allow private addresses; empty where it does allow them.
    Raises `RequestFailed` for an address that may not be used or cannot be reached, and for a longer answer.
    """
    return _exchange("POST", url, content, headers, private_setting=private_setting)


def _exchange(
    method: str, url: str, content: bytes | None, headers: Mapping[str, str], *, private_setting: str
) -> Answer:
    parts = check_address(url, allow_private=not private_setting)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    failure: Exception | None = None
    for address in _resolve(host, port, private_setting=private_setting):
        connection = _Pinned(host, port, address, context)
        timer = Timer(DEADLINE, connection.cut)
        timer.daemon = True
        timer.start()
        try:
            connection.request(method, path, content, {**headers, "Connection": "close"})
            response = connection.getresponse()
            answer = response.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException, ValueError) as error:
            failure = error
            continue
        finally:
            timer.cancel()
            connection.close()
        if len(answer) > LARGEST_ANSWER:
            raise RequestFailed(say("outgoing.answer-too-large", "The answer of the server is too large."))
        return Answer(response.status, response.headers.get("Content-Type", ""), answer)
    kind = type(failure).__name__
    raise RequestFailed(
        say("outgoing.unreachable", "The server cannot be reached ({kind}).", kind=kind)
    ) from failure
