"""The key under which second factors are encrypted: a file beside the other keys, never in the database."""

from __future__ import annotations

import base64
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet

from plumbline.trail.private_files import write_private


def _key(data: Path) -> bytes:
    """The 32 bytes in ``keys/factors.secret``, made on first use; two processes make only one."""
    file = data / "keys" / "factors.secret"
    if not file.exists():
        # Written whole under another name first, then linked: `link` fails where a file is, so of two
        # processes that begin at once one wins and the other reads the winner's key. A half-written key, or
        # two different ones, would lock people out of their second factor.
        new = file.with_name(f".factors-{os.getpid()}-{secrets.token_hex(4)}")
        write_private(new, secrets.token_bytes(32))
        try:
            os.link(new, file)
        except FileExistsError:
            pass
        finally:
            new.unlink()
    return file.read_bytes()


@cache
def cipher(data: Path) -> Fernet:
    """What encrypts second factors (Fernet: AES-128-CBC with HMAC-SHA-256). Raises ``OSError``."""
    return Fernet(base64.urlsafe_b64encode(_key(data)))
