"""The verifier as one page: in a browser without network, the same answers as the Python one."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.verify.test_tampering import owner, signed_again
from tests.verify.zipping import members, rezip
from tests.web.chromium import started, touched, window

from plumbline_verify import verify

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGE = Path(verify.__file__).with_name("verify.html")


def test_its_policy_allows_its_own_script_and_style_and_nothing_else() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for tag in ("script", "style"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)=["']?https?:|fetch\(|XMLHttpRequest|localStorage""", text)


def test_its_steps_are_those_of_the_python_file_in_the_same_words() -> None:
    (block,) = re.findall(r"const STEPS = \{(.*?)\n\s*\};", PAGE.read_text(encoding="utf-8"), re.S)
    listed = dict(re.findall(r"""(\w+):\s+"(.*?)",""", block))
    assert listed == {step: getattr(verify.Check, step).__doc__ for step in verify.STEPS}


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """The page, opened from a file, with every way to the network closed."""
    with contextmanager(started)() as browser:
        page = window(browser, offline=True).new_page()
        page.goto(PAGE.as_uri())
        yield page


RUN = """async ([data, key, since]) => {
  const check = new Check(new Blob([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))]), key,
    since ? bytesOf(since) : null);
  return [await check.run(), check.results];
}"""


def in_browser(page: Page, data: bytes, key: str = "", since: str = "") -> tuple[int, dict[str, list[str]]]:
    """What the page says of a pack."""
    code, results = page.evaluate(RUN, [base64.b64encode(data).decode(), key, since])
    return code, results


def in_python(data: bytes, key: str = "") -> tuple[int, dict[str, str]]:
    """What the Python file says of it: the exit code and the word of each step."""
    check = verify.Check(data, key)
    code = check.run()
    return code, {step: word for step, (word, _) in check.results.items()}


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db
def test_both_say_the_same_of_the_same_packs(browser_page: Page, example: Any) -> None:
    """A true pack with and without the key, and one tampered with in each kind of member, by anybody and by
    the organisation with its own pack key in hand."""
    contents = members(example.data)
    packs = {"true": example.data, "cut": example.data[:-1], "not a zip": b"x" * 200}
    for name, content in contents.items():
        flipped = bytearray(content)
        flipped[len(flipped) // 2] ^= 1
        changed = contents | {name: bytes(flipped)}
        packs[f"flipped {name}"] = rezip(sorted(changed.items()))
        if name != "manifest.dsse.json":
            packs[f"signed {name}"] = signed_again(changed, private=owner(example))
    for change in (
        lambda p: p["counts"].update(entries=9),
        lambda p: p["counts"]["slots"].update(body=[2, 5, 1, 0]),
        lambda p: p.update(range=[0, 9]),
    ):
        packs[f"claims {len(packs)}"] = signed_again(contents, change, owner(example))
    for name, data in packs.items():
        code, results = in_browser(browser_page, data, example.vkey)
        expected = in_python(data, example.vkey)
        assert (code, {step: word for step, (word, _) in results.items()}) == expected, (name, results)
    assert in_browser(browser_page, example.data)[0] == 3
    other = example.trail.report.pack_vkey
    assert in_browser(browser_page, example.data, other)[0] == 1
    assert in_browser(browser_page, example.data, example.vkey, example.first.note)[0] == 0


@pytest.mark.browser
@pytest.mark.slow
def test_its_own_ed25519_against_wycheproof(browser_page: Page) -> None:
    """The pure arithmetic, for browsers without Ed25519: all 151 cases."""
    import json

    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "wycheproof_ed25519_test.json").read_text())
    cases = [
        [group["publicKey"]["pk"], case["msg"], case["sig"], case["result"] == "valid"]
        for group in vectors["testGroups"]
        for case in group["tests"]
    ]
    wrong = browser_page.evaluate(
        """async (cases) => {
          const raw = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
          const wrong = [];
          for (const [at, [key, message, signature, valid]] of cases.entries()) {
            const good = await ed25519ByHand(raw(key), raw(message), raw(signature)).catch(() => false);
            if (good !== valid) wrong.push(at);
          }
          return wrong;
        }""",
        cases,
    )
    assert (len(cases), wrong) == (151, [])


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.django_db
def test_a_person_checks_a_pack_in_the_page(browser_page: Page, example: Any, tmp_path: Path) -> None:
    pack = tmp_path / "audit.aipack"
    pack.write_bytes(example.data)
    complaints: list[str] = []
    browser_page.on("console", lambda said: complaints.append(said.text))
    browser_page.set_input_files("#pack", str(pack))
    browser_page.fill("#key", example.vkey)
    touched(browser_page.locator("button"))
    browser_page.get_by_text("VERIFIED", exact=True).wait_for()
    assert browser_page.locator("#steps li").count() == len(verify.STEPS)
    assert complaints == []
