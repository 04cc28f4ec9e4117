"""The QR code of the second factor: every module where the library's own drawing has it, and on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from plumbline.web.people.qr_code import qr_code

if TYPE_CHECKING:
    from tests.web.conftest import House

TEXT = "otpauth://totp/Halden:mina@halden.example?secret=JBSWY3DPEHPK3PXP&issuer=Halden"


def dark(path: str) -> set[tuple[int, int]]:
    """The dark modules that the rectangles of a path cover."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{length}v1h-{back}z" for x, y, length, back in runs) == path
    assert all(length == back for _, _, length, back in runs)
    return {(int(x) + step, int(y)) for x, y, length, _ in runs for step in range(int(length))}


def test_it_has_three_finder_patterns_and_a_quiet_zone() -> None:
    code = qr_code(TEXT)
    assert (code.side - 8 - 17) % 4 == 0
    modules = dark(code.path)
    edge = code.side - 4
    assert all(4 <= x < edge and 4 <= y < edge for x, y in modules)
    finder = [(x, y) for x in range(7) for y in range(7) if x in (0, 6) or y in (0, 6) or {x, y} <= {2, 3, 4}]
    for left, top in ((4, 4), (edge - 7, 4), (4, edge - 7)):
        square = {(x - left, y - top) for x, y in modules if left <= x < left + 7 and top <= y < top + 7}
        assert square == set(finder)


def test_the_path_is_what_the_library_draws_itself() -> None:
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.image.svg import SvgPathImage
    from qrcode.main import QRCode

    drawn = QRCode(error_correction=ERROR_CORRECT_M, image_factory=SvgPathImage)
    drawn.add_data(TEXT)
    theirs = drawn.make_image().to_string().decode()
    squares = re.findall(r"M(\d+),(\d+)H", theirs)
    assert dark(qr_code(TEXT).path) == {(int(x), int(y)) for x, y in squares}


@pytest.mark.django_db
def test_it_is_beside_the_secret_until_the_factor_is_on(house: House) -> None:
    text = house.client("viewer").get("/account/").content.decode()
    secret = re.search(r'id="factor-secret">([A-Z2-7]+)<', text)
    address = re.search(r'href="(otpauth://[^"]+)"', text)
    path = re.search(r'class="qr-dark" d="([^"]+)"', text)
    assert secret is not None
    assert address is not None
    assert path is not None
    assert secret[1] in address[1]
    assert path[1] == qr_code(address[1].replace("&amp;", "&")).path
