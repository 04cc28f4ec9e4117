"""What the signer remembers: size and root of the last checkpoint it signed, in a file beside its key."""

from __future__ import annotations

from pathlib import Path

from plumbline.kernel.canonical import CanonicalError, parse
from plumbline.trail.errors import ReadOnly
from plumbline.trail.private_files import read_cached


def last_signed(folder: Path) -> tuple[int, bytes] | None:
    """Size and root that the signer with its memory in ``folder`` signed last; ``None`` before the first.

    Raises `ReadOnly` (``signer-refused``) if its memory cannot be read.
    """
    try:
        value = parse(read_cached(folder / "signer.json"))
        return int(value["size"]), bytes.fromhex(value["root"])
    except FileNotFoundError:
        return None
    except (OSError, CanonicalError, KeyError, TypeError, ValueError) as error:
        raise ReadOnly("signer-refused", "The signer's memory of its last checkpoint is damaged.") from error
