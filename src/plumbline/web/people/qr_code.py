"""A QR code (ISO/IEC 18004) as the path of an SVG, for a text that a telephone should read off the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode


@dataclass(frozen=True)
class QrCode:
    """The side of the square in modules, with its quiet zone, and the path of its dark ones."""

    side: int
    path: str


def qr_code(text: str) -> QrCode:
    """The code of ``text`` with the quiet zone of four modules that the standard asks for."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    rows: Sequence[Sequence[bool]] = code.get_matrix()
    return QrCode(len(rows), "".join(_runs(rows)))


def _runs(rows: Sequence[Sequence[bool]]) -> Iterator[str]:
    # One rectangle for each run of dark modules in a row: a third of the length of one for each module.
    for y, row in enumerate(rows):
        x = 0
        for is_dark, modules in groupby(row):
            length = len(list(modules))
            if is_dark:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length
