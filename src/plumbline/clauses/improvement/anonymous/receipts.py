"""The receipt of an anonymous concern: 100 random bits in letters that nobody takes for one another."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from django.utils.crypto import salted_hmac

_ALPHABET = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ")
"""From the letters of RFC 4648 to those of Crockford."""
_READ_AS = str.maketrans("OIL", "011")
PREFIX = "receipt:"
"""Before the digest of a receipt, where it is the key of a record."""
LETTERS = 20
"""Five bits each: 100 in all."""
_RECEIPT = re.compile(rf"[0-9A-HJKMNP-TV-Z]{{{LETTERS}}}")
ONCE = re.compile(r"[A-Za-z0-9_-]{32,64}")
"""What a form carries so that sending it twice is one concern."""


def new_once() -> str:
    """What a new form carries; 192 random bits."""
    return secrets.token_urlsafe(24)


def receipt_of(once: str) -> str:
    """The receipt that goes with a form: the same whenever the same form is sent, else a new one.

    Nobody works it out without the secret of the installation *and* what the form carried, which is not kept.
    """
    seed = once if ONCE.fullmatch(once) else new_once()
    digest = salted_hmac("plumbline.concern.receipt", seed, algorithm="sha256").digest()
    letters = base64.b32encode(digest).translate(_ALPHABET).decode()[:LETTERS]
    return "-".join(letters[place : place + 5] for place in range(0, LETTERS, 5))


def key_of(receipt: str) -> str:
    """The key of the concern with this receipt, its digest; empty for a text that is no receipt."""
    text = re.sub(r"[\s-]", "", receipt[:80]).upper().translate(_READ_AS)
    return f"{PREFIX}{hashlib.sha256(text.encode()).hexdigest()}" if _RECEIPT.fullmatch(text) else ""
