"""The reference page of the catalogs, written from the data itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plumbline.catalogs.loader import Library
from plumbline.catalogs.shapes import Framework, Requirement


def page(library: Library) -> str:
    """Markdown: every framework with its rows, then the mappings with their meaning and counts."""
    return "\n".join(_lines(library)) + "\n"


def _lines(library: Library) -> Iterator[str]:
    yield "# Catalogs"
    yield ""
    yield f"Version of the data: `{library.version[:16]}`. Ids are never reused."
    for framework in library.frameworks.values():
        if framework.loaded:
            yield from _framework(library, framework)
    yield from _mappings(library)


def _framework(library: Library, framework: Framework) -> Iterator[str]:
    rows = [row for row in library.requirements.values() if row.framework == framework.id]
    checked = sum(row.checked_against_text for row in rows)
    yield ""
    yield f"## {framework.title}"
    yield ""
    yield framework.note
    yield ""
    yield f"{checked} of {len(rows)} rows have been read against the text."
    for group in library.groups:
        if group.framework != framework.id:
            continue
        yield ""
        yield f"### {group.number} {group.title}" if group.title != group.number else f"### {group.number}"
        yield ""
        yield group.gist
        yield ""
        yield from _table(row for row in rows if row.group == group.number)


def _table(rows: Iterable[Requirement]) -> Iterator[str]:
    yield "| Id | Title | In our words | A machine can show | Stays for people | Checked |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        title = "" if row.title.rstrip(".") == row.gist.rstrip(".") else row.title
        checked = "yes" if row.checked_against_text else "no"
        yield f"| `{row.id}` | {title} | {row.gist} | {row.machine} | {row.people} | {checked} |"


def _mappings(library: Library) -> Iterator[str]:
    yield ""
    yield "## Mappings"
    yield ""
    yield "A mapping says that two rows have to do with each other. It never says that one fulfils the other."
    yield ""
    for word, meaning in [*library.relations.items(), *library.supports.items()]:
        yield f"- **{word}**: {meaning}"
    yield ""
    yield "| To | Pairs | Resting on judgement alone |"
    yield "|---|---|---|"
    for framework in library.frameworks.values():
        pairs = [pair for pair in library.mappings if pair.target.startswith(f"{framework.id}:")]
        if pairs:
            judged = sum(pair.support == ("judgement",) for pair in pairs)
            yield f"| {framework.title} | {len(pairs)} | {judged} |"
