"""What the product says, read off its source: every ``say``, every marked string and template text."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template import Engine
from django.template.base import Node
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from tests.architecture.tree import SOURCE, modules, parsed, short
from tests.wording.codes import CALLS

from plumbline.kernel import states, workflow
from plumbline.wording import languages

# say(code, text, plural=…): the text is the second argument; the plural is found by its own reader below.
KEYWORDS = {
    "gettext": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "Word": None,
}
OPTIONS = {"encoding": "utf-8"}


def _says(path: Path) -> Iterator[tuple[int, str | tuple[str, str]]]:
    for node in ast.walk(parsed(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        texts = [
            ast.literal_eval(argument) for argument in node.args[:2] if isinstance(argument, ast.Constant)
        ]
        plural = next((word.value for word in node.keywords if word.arg == "plural"), None)
        many = ast.literal_eval(plural) if plural is not None else ""
        if len(texts) == 2:
            yield node.lineno, (texts[1], many) if many else texts[1]


_FAULTS: Mapping[str, int] = {"Fault": 1, "RowFault": 2, "require": 1, "add": 2, "not_before": 2}
"""Calls that take a sentence without parameters, by the place of the first one among their arguments."""
_REMEDIES = {"empty", "filled"}
"""Calls that take a remedy by the name of the field."""


def _faults(path: Path) -> Iterator[tuple[int, str]]:
    """What refusals say: `Fault` makes messages of plain sentences, and so does `FieldErrors`."""
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        texts = node.args[_FAULTS[name] :] if name in _FAULTS else []
        texts += [word.value for word in node.keywords] if name in _REMEDIES else []
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield node.lineno, text.value


def _declared() -> Iterator[tuple[str, int, str]]:
    """What pages and kinds of record declare and pages translate: names, states, steps, headings, fields."""
    from plumbline.records import kinds
    from plumbline.web import pages

    yield from (("pages", 0, page.nav.label) for page in pages.declared() if page.nav is not None)

    for kind in kinds.all_kinds():
        steps = (move.label for move in kind.workflow.moves)
        headings = (section.title for section in kind.sections)
        labels = (str(kind.field(name).verbose_name) for name in kind.field_names)
        for text in (kind.name, kind.names, *kind.workflow.states, *steps, *headings, *labels):
            yield "kinds of record", 0, text


@cache
def said() -> tuple[tuple[str, int, str | tuple[str, str]], ...]:
    """Place and text of everything that is translated; a pair where there is a plural."""
    return tuple(_said())


def _said() -> Iterator[tuple[str, int, str | tuple[str, str]]]:
    for path in modules():
        for line, text in (*_says(path), *_faults(path)):
            yield short(path), line, text
        with path.open("rb") as file:
            for line, _, texts, _ in extract_python(file, list(KEYWORDS), [], OPTIONS):
                yield short(path), line, texts
    for word in _states():
        yield "src/plumbline/kernel/states.py", 0, word
    yield from _declared()
    for path in sorted(SOURCE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            for text in _marked(path.read_text(encoding="utf-8")):
                yield short(path), 0, text


def _states() -> Iterator[str]:
    """The words for states: vocabulary and workflows are declared as data, and shown through gettext."""
    for words in vars(states).values():
        if isinstance(words, type) and issubclass(words, StrEnum):
            yield from words
    for flow in (workflow.REVIEWED, workflow.TREATED, workflow.ACTIONED, workflow.RECORDED):
        yield from flow.states


_ARGUMENT = re.compile(r"""_\((["'])(.+?)\1\)""")
"""A text handed to a component: ``{% card _("Results") %}``."""


def _marked(source: str) -> Iterator[str | tuple[str, str]]:
    """The texts of ``{% translate %}``, ``{% blocktranslate %}`` and ``_("…")`` in the arguments of a tag.

    The first two as Django parses them; the nodes of other tags keep no text to look for.
    """
    yield from (found[2] for found in _ARGUMENT.finditer(source))
    for node in _nodes(Engine.get_default().from_string(source).nodelist):
        if isinstance(node, TranslateNode):
            if isinstance(node.filter_expression.var.literal, str):  # a variable has none
                yield node.filter_expression.var.literal
        elif isinstance(node, BlockTranslateNode):
            singular = node.render_token_list(node.singular)[0]
            yield (singular, node.render_token_list(node.plural)[0]) if node.plural else singular


def _nodes(nodelist: Iterable[Node]) -> Iterator[Node]:
    """Every node, also those inside block components, which Django's own walk leaves out."""
    for node in nodelist:
        yield node
        for name in dict.fromkeys((*node.child_nodelists, "nodelist")):
            yield from _nodes(getattr(node, name, None) or ())


def catalogue(code: str) -> Catalog:
    """The catalogue of a language as it should be: all that is said, with the translations there are."""
    path = languages.CATALOGUES / code / "LC_MESSAGES" / "django.po"
    known = read_po(io.BytesIO(path.read_bytes()), locale=code) if path.exists() else Catalog(locale=code)
    wanted = Catalog(locale=code, project="Plumbline", fuzzy=False, charset="utf-8")
    for place, _, text in said():
        if text and all(text if isinstance(text, tuple) else (text,)):  # a variable is read as nothing
            wanted.add(text, locations=[(place, 0)])
    for message in known:
        if message.id and message.id in wanted and message.string:
            wanted[message.id].string = message.string
    return wanted


def po_bytes(catalog: Catalog) -> bytes:
    """The catalogue as text. No dates and no line numbers: they change with everything and say nothing."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Plural-Forms: {plurals}\\n"\n\n'
    )
    return header.format(code=catalog.locale, plurals=catalog.plural_forms).encode() + buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """The catalogue as Python's gettext reads it."""
    plain = read_po(io.BytesIO(po_bytes(catalog)), locale=str(catalog.locale))
    buffer = io.BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()
