"""The port: what a way out offers, whatever lies behind it. Each outside system is a folder beside this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plumbline.config import Config
from plumbline.kernel.problems import Unavailable


@dataclass(frozen=True)
class Letter:
    """A notice as it is sent: to whom (an address of the channel), about what, and the text (plain).

    ``about`` are the handles of the notices in the product that it names.
    """

    address: str
    subject: str
    text: str
    about: tuple[str, ...] = ()


class NothingToSay(Exception):
    """What was to be sent has lost its reason since it was planned: it is dropped, and nothing leaves."""


class SendFailed(Exception):
    """A channel could not send a letter.

    ``permanent`` says that trying again is of no use. ``reason`` names the fault for the log and contains
    no address and no word of the other side, since either may be personal data.
    """

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason[:200]
        self.permanent = permanent


@dataclass(frozen=True)
class Channel:
    """One way out.

    ``is_configured`` says whether the settings name what it needs; ``remedy`` which settings those are.
    ``send`` hands one letter over and returns when the other side has taken responsibility for it; it
    raises `SendFailed` for everything that can go wrong on the way.
    """

    name: str
    title: str
    is_configured: Callable[[Config], bool]
    remedy: str
    send: Callable[[Config, Letter], None]


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    """Make ``channel`` known. Raises ``ValueError`` when another one has its name."""
    if _channels.setdefault(channel.name, channel) is not channel:
        raise ValueError(f"there are two channels called {channel.name}")


def get(name: str) -> Channel:
    """The channel called ``name``. Raises `Unavailable`: a plugin that brought it may have been removed."""
    if name not in _channels:
        raise Unavailable(f"There is no channel called {name} any more.")
    return _channels[name]


def all_channels() -> tuple[Channel, ...]:
    """Every channel, in the order of registration."""
    return tuple(_channels.values())
