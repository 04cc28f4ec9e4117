"""Requests to the addresses of anchors in the settings, by the rules of `plumbline.delivery.outgoing`."""

from __future__ import annotations

from urllib.parse import urlsplit

from plumbline.anchors.port import AnchorFailed
from plumbline.delivery import outgoing
from plumbline.delivery.outgoing import LARGEST_ANSWER, Answer

__all__ = ["LARGEST_ANSWER", "Answer", "names_of", "post"]


def post(url: str, content: bytes, content_type: str, *, allow_private: bool) -> Answer:
    """Send ``content`` to ``url`` and read what comes back, at most `LARGEST_ANSWER` bytes of it.

    Raises `AnchorFailed` for an address that may not be used or cannot be reached, and for a longer answer.
    """
    private_setting = "" if allow_private else "PLUMBLINE_ANCHOR_PRIVATE"
    headers = {"Content-Type": content_type}
    try:
        return outgoing.post(url, content, headers, private_setting=private_setting)
    except outgoing.RequestFailed as failure:
        raise AnchorFailed(failure.reason) from failure


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
