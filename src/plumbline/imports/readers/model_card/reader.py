"""A card in Markdown → one row: its metadata and the text under each heading."""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

from plumbline.imports.readers.header import unique_names
from plumbline.imports.readers.limits import malformed
from plumbline.imports.readers.sheet import TEXT, ReadOptions, Sheet, SheetRow
from plumbline.imports.readers.structured.flat import flat
from plumbline.imports.readers.structured.paths import JSON
from plumbline.kernel.messages import say

_METADATA = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)^---[ \t]*$", re.S | re.M)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S[^\n]*?)[ \t#]*$", re.M)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.S | re.M)
_OF_DATA = ("dataset_info", "size_categories", "annotations_creators", "task_categories", "configs")
"""Words of the metadata that only cards of data sets have."""
_METADATA_LIMIT = 262_144  # characters


class _Metadata(yaml.SafeLoader):
    """The safe loader without aliases, by which few lines say a great deal; dates stay as written."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.constructor.ConstructorError(None, None, "has an alias", event.start_mark)
        return super().compose_node(parent, index)


def is_card(text: str) -> bool:
    """Whether a text is a card: metadata between two lines of three hyphens, or headings of two levels."""
    return _METADATA.match(text) is not None or (
        text.lstrip("\ufeff \r\n").startswith("# ") and re.search(r"^## \S", text, re.M) is not None
    )


def has_metadata(text: str) -> bool:
    """Whether a text begins with metadata between two lines of three hyphens."""
    return _METADATA.match(text) is not None


def read(text: str, encoding: str, options: ReadOptions) -> Sheet:
    """The card as one row. Raises `Malformed` for metadata that are no YAML."""
    metadata = _METADATA.match(text)
    cells: dict[str, tuple[str, str]] = {}
    if metadata is not None:
        cells.update(flat(_loaded(metadata[1]), "the metadata"))
    body = text[metadata.end() :] if metadata is not None else text
    sections = _sections(body)
    for name, words in sections.items():
        cells.setdefault(name if name not in cells else f"{name} (text)", (words, TEXT))
    if not any(text.strip() for text, _ in cells.values()):
        raise malformed("is a card without a text", "fill it in first")
    names, repeated = unique_names(tuple(cells))
    is_data = any(name.partition(".")[0] in _OF_DATA for name in cells) or any(
        "dataset card" in words.lower() for words, _ in cells.values() if len(words) < 200
    )
    row = SheetRow(
        1, tuple(words for words, _ in cells.values()), "".join(kind for _, kind in cells.values())
    )
    used = options.chosen(ReadOptions(encoding=encoding.partition(" ")[0]))
    return Sheet(
        names,
        (row,),
        encoding,
        "",
        repeated,
        format="Data set card" if is_data else "Model card",
        options=used,
        kind="dataset" if is_data else "component",
    )


def _loaded(text: str) -> JSON:
    if len(text) > _METADATA_LIMIT:
        raise malformed("has too much metadata", "shorten it")
    try:
        loader = _Metadata(text)
        try:
            found = loader.get_single_data()
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        what = say("imports.card-metadata", "has metadata that are no YAML, at line {line}", line=line)
        raise malformed(what, "put texts with signs of YAML in quotes") from None
    if not isinstance(found, dict):
        raise malformed("has metadata without names", "write them as name: value")
    return cast(JSON, found)


def _sections(body: str) -> dict[str, str]:
    """``title`` (the first heading) and the text under each heading. Comments are instructions: left out."""
    bare = _COMMENT.sub("", body)
    # A line of code may begin with the sign of a heading.
    hidden = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), bare)
    headings = list(_HEADING.finditer(hidden))
    found: dict[str, str] = {}
    if headings:
        found["title"] = bare[headings[0].start(2) : headings[0].end(2)].strip()
    for number, match in enumerate(headings):
        end = headings[number + 1].start() if number + 1 < len(headings) else len(bare)
        words = bare[match.end() : end].strip()
        name = "summary" if number == 0 else match[2].strip()
        if words:
            found[name] = f"{found[name]}\n\n{words}" if name in found else words
    if not headings and bare.strip():
        found["summary"] = bare.strip()
    return found
