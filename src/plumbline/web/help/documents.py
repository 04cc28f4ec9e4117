"""The documents of ``docs/`` as pages of the product: the same files as the site, read offline.

The wheel carries a copy of their folders beside this package; a source tree has them where they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final

import nh3
from django.urls import reverse
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

PACKED: Final = Path(__file__).parent.parent / "documents"
WRITTEN: Final = Path(__file__).parents[4] / "docs"
FOLDERS: Final = ("tutorial", "howto", "explanation", "reference", "decisions")
"""The folders that the wheel carries (``pyproject.toml``), in the order in which they are listed."""
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS: Final = {
    "p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "del",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """One document: its name (``howto/send-telemetry``), title, text as HTML, and its anchors."""

    name: str
    title: str
    html: SafeString
    anchors: frozenset[str]


@cache
def _root() -> Path:
    return PACKED if PACKED.is_dir() else WRITTEN


@cache
def names() -> tuple[str, ...]:
    """The names of every document, in the order of the folders; none where none were installed."""
    return tuple(
        f"{folder}/{file.stem}" for folder in FOLDERS for file in sorted((_root() / folder).glob("*.md"))
    )


def source(name: str) -> str:
    """The Markdown of a document. Raises ``KeyError`` for a name that is none."""
    if name not in names():  # the name comes from an address: nothing but a known one becomes a path
        raise KeyError(name)
    return (_root() / f"{name}.md").read_text(encoding="utf-8")


@cache
def document(name: str) -> Document:
    """A document as it is shown. Raises ``KeyError`` for a name that is none."""
    tokens = _MARKDOWN.parse(source(name))
    title, anchors = name, set[str]()
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        text = _text(tokens[at + 1])
        if token.tag == "h1":
            title = text
            token.hidden = tokens[at + 2].hidden = True
            tokens[at + 1].children = []
        else:
            token.attrSet("id", anchor(text))
            anchors.add(anchor(text))
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children, PurePosixPath(name).parent))
    html = nh3.clean(
        _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}),
        tags=_TAGS,
        attributes={"a": {"href"}, **{f"h{level}": {"id"} for level in range(2, 7)}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
    return Document(name, title, SafeString(html), frozenset(anchors))


def href(target: str) -> str:
    """The address of ``howto/send-telemetry`` or ``reference/kinds#risk-rsk``."""
    name, _, part = target.partition("#")
    return reverse("document", args=[name]) + (f"#{part}" if part else "")


def anchor(heading: str) -> str:
    """The anchor of a heading, as the site makes it: lower case, hyphens, without punctuation."""
    return re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip())


def _text(inline: Token) -> str:
    return "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))


def _linked(children: list[Token], folder: PurePosixPath) -> Iterator[Token]:
    """The text with links that lead inside the product; one to what is no document is only its text."""
    is_open: list[bool] = []
    for child in children:
        if child.type == "image":
            continue
        if child.type == "link_open":
            address = _address(str(child.attrGet("href") or ""), folder)
            is_open.append(bool(address))
            child.attrSet("href", address)
        if child.type in ("link_open", "link_close"):
            keeps = is_open[-1] if child.type == "link_open" else is_open.pop()
            if not keeps:
                continue
        yield child


def _address(target: str, folder: PurePosixPath) -> str:
    if target.startswith(("http://", "https://", "#")):
        return target
    path, _, part = target.partition("#")
    name = normpath(str(folder / path)).removesuffix(".md")
    return href(f"{name}#{part}" if part else name) if name in names() else ""
