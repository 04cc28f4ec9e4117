"""A mail server on a free port of this machine, and an installation that sends through it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP
from tests.identity.conftest import company, entries

from plumbline.config import MailSecurity

__all__ = ["company", "entries"]


@dataclass
class Mailbox(MessageHandler):
    """A mail server that keeps what it is sent; ``refusal`` is what it answers instead, when set."""

    port: int = 0
    refusal: str = ""
    messages: list[Message] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse a recipient, as the test wishes."""
        self.connections += 1
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        """Keep one message."""
        self.messages.append(message)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real SMTP server (aiosmtpd) in a thread."""
    loop, mailbox = asyncio.new_event_loop(), Mailbox()
    listening = socket.create_server(("127.0.0.1", 0))
    mailbox.port = listening.getsockname()[1]
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(mailbox, hostname="localhost", loop=loop), sock=listening)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield mailbox
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()


@pytest.fixture
def mail_settings(settings: Any, mailbox: Mailbox) -> Callable[..., None]:
    """Settings of the installation, changed by name; mail goes to the mailbox, unencrypted."""

    def change(**changes: Any) -> None:
        settings.PLUMBLINE = replace(settings.PLUMBLINE, **changes)

    change(
        mail_host="127.0.0.1",
        mail_port=mailbox.port,
        mail_security=MailSecurity.NONE,
        mail_from="aims@halden.example",
        organization="Halden",
        address="https://aims.halden.example",
    )
    return change
