"""Markdown that people write → parts of a document: headings, lists and tables are theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from plumbline.documents.model import Block, Paragraph, Section, Table

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def sections(title: str, text: str) -> Iterator[Section]:
    """The text under ``title``, one section for each heading in it. Markup of words is left out."""
    blocks: list[Block] = []
    tokens = _markdown.parse(text)
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open":
            if blocks or title:
                yield Section(title, tuple(blocks), level=2)
            title, blocks = _words(tokens[place + 1]), []
            place += 3
            continue
        end = _end(tokens, place)
        if (block := _block(tokens[place : end + 1])) is not None:
            blocks.append(block)
        place = end + 1
    yield Section(title, tuple(blocks), level=2)


def _end(tokens: Sequence[Token], start: int) -> int:
    """Where the part that begins at ``start`` ends."""
    if tokens[start].nesting != 1:
        return start
    level, place = tokens[start].level, start + 1
    while not (tokens[place].nesting == -1 and tokens[place].level == level):
        place += 1
    return place


def _block(tokens: Sequence[Token]) -> Block | None:
    kind = tokens[0].type
    if kind == "table_open":
        return _table(tokens)
    if kind in ("bullet_list_open", "ordered_list_open"):
        return Paragraph("\n".join(_items(tokens)))
    texts = [_words(token) for token in tokens if token.type == "inline"]
    texts += [token.content.rstrip("\n") for token in tokens if token.type in ("fence", "code_block")]
    return Paragraph("\n".join(texts)) if any(texts) else None


def _items(tokens: Sequence[Token]) -> Iterator[str]:
    """The entries of a list, those of lists in it further in; a number where the list has numbers."""
    counts: list[int] = []
    first = False
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            counts.append(int(token.attrs.get("start", 1)) if token.type.startswith("ordered") else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            counts.pop()
        elif token.type == "list_item_open":
            first = True
        elif token.type == "inline":
            sign = (f"{counts[-1]}." if counts[-1] else "•") if first else " "
            counts[-1] += 1 if first and counts[-1] else 0
            yield f"{'   ' * (len(counts) - 1)}{sign} {_words(token)}"
            first = False


def _table(tokens: Sequence[Token]) -> Table:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_words(token))
    return Table(tuple(rows[0]), tuple(map(tuple, rows[1:])))


def _words(token: Token) -> str:
    """The words of a line; an address stands behind the words that lead there."""
    found = ""
    addresses: list[str] = []
    for part in token.children or ():
        if part.type in ("text", "code_inline"):
            found += part.content
        elif part.type in ("softbreak", "hardbreak"):
            found += "\n"  # as on the page: a line that somebody ended stays a line
        elif part.type == "link_open":
            addresses.append(str(part.attrs.get("href", "")))
        elif part.type == "link_close" and (address := addresses.pop()) and not found.endswith(address):
            found += f" ({address})"
        elif part.type == "image":
            found += part.content
    return found
