"""The signer: the log's first witness.

It keeps its own last size and root beside its key and signs a checkpoint only with a valid proof that the
new tree begins with the last one it signed. The same size and root may be signed again: Ed25519 gives the
same note, so a stop between signing and publishing does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from plumbline.kernel.canonical import canonical
from plumbline.kernel.merkle import verify_consistency
from plumbline.kernel.note import Note, TreeHead, sign
from plumbline.trail.errors import ReadOnly
from plumbline.trail.keys import SigningKey
from plumbline.trail.private_files import write_private
from plumbline.trail.signer_memory import last_signed


class Signer:
    """Signs checkpoints of one log with ``key``; its memory is ``signer.json`` in ``folder``.

    While a key is being replaced, ``overlapping``, the old one, signs as well.
    """

    def __init__(self, key: SigningKey, folder: Path, overlapping: SigningKey | None = None) -> None:
        """Open the signer; nothing is written until it signs."""
        self._key, self._overlapping, self._file = key, overlapping, folder / "signer.json"

    def last(self) -> tuple[int, bytes] | None:
        """Size and root of the last checkpoint it signed; ``None`` before the first one.

        Raises `ReadOnly` (``signer-refused``) if its memory cannot be read.
        """
        return last_signed(self._file.parent)

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> Note:
        """A signed checkpoint; ``proof`` leads from `last` to (size, root).

        Raises `ReadOnly` (``signer-refused``) if it does not.
        """
        last = self.last()
        if (
            last is not None
            and last != (size, root)
            and not verify_consistency(last[0], size, last[1], root, proof)
        ):
            raise ReadOnly("signer-refused", "The new tree does not begin with the last one that was signed.")
        # Remembered before it is signed: after a stop in between, the same checkpoint can be signed again but
        # no other one of this size.
        if last != (size, root):
            write_private(self._file, canonical({"size": size, "root": root.hex()}))
        text = TreeHead(self._key.name, size, root).text()
        keys = [key for key in (self._key, self._overlapping) if key is not None]
        notes = [sign(text, key.verifier, key.sign) for key in keys]
        return Note(text, tuple(signature for note in notes for signature in note.signatures))
