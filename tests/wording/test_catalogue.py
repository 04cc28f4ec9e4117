"""The catalogues hold what the product says, and their translations fill in the same values."""

from __future__ import annotations

import ast
import os
import re

import pytest
from tests.architecture.tree import modules, parsed, short
from tests.wording.catalogue import catalogue, mo_bytes, po_bytes, said
from tests.wording.codes import codes

from plumbline.kernel.messages import placeholders
from plumbline.wording import languages

OTHERS = sorted(set(languages.KNOWN) - {"en"})


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_are_up_to_date(code: str) -> None:
    """``./run messages`` writes them; translations that are there are kept."""
    folder = languages.CATALOGUES / code / "LC_MESSAGES"
    wanted = catalogue(code)
    if os.environ.get("PLUMBLINE_TEST_WRITE_MESSAGES"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "django.po").write_bytes(po_bytes(wanted))
        (folder / "django.mo").write_bytes(mo_bytes(wanted))
    assert (folder / "django.po").read_bytes() == po_bytes(wanted), "run ./run messages"
    assert (folder / "django.mo").read_bytes() == mo_bytes(wanted), "run ./run messages"


@pytest.mark.parametrize("code", OTHERS)
def test_translations_fill_in_the_values_of_the_english_sentence(code: str) -> None:
    def values(text: str) -> set[str]:
        in_braces = {name for _, name in placeholders(text) if name} if "{" in text else set()
        return in_braces | set(re.findall(r"%\((\w+)\)s", text))

    wrong = []
    for message in catalogue(code):
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set().union(*map(values, english))
        wrong += [text for text in strings if text and not values(text) <= allowed]
    assert not wrong


def test_one_code_has_one_sentence() -> None:
    """A code is what a client goes by; two sentences under one code would be two meanings."""
    by_code: dict[str, set[str]] = {}
    for code, text in codes():
        by_code.setdefault(code, set()).add(text)
    assert not {code: texts for code, texts in by_code.items() if len(texts) > 1}
    assert by_code, "no message was found; the reader of the source is broken"


def test_the_source_is_read() -> None:
    assert any(text == ("{count} record", "{count} records") for _, _, text in said())


def test_refusals_are_in_the_catalogue() -> None:
    texts = {text for _, _, text in said()}
    assert {"has passed", "give a day that is still to come"} <= texts, "a fault"
    assert {"Say when the figures were judged.", "day of the assessment"} <= texts, "an error of a field"
    assert "write what was done at once" in texts, "the remedy of an empty field"


def test_no_fault_is_built_from_a_template_of_python() -> None:
    """What an f-string leaves is a sentence that nobody can translate, with a code of its values."""
    built = [
        f"{short(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "RowFault")
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args[1:])
    ]
    assert not built, "say(...) takes the values as parameters"
