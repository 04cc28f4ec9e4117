"""Which row names the columns, and which rows below the table are none of it: found by their shape."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from plumbline.imports.readers.limits import COLUMN_LIMIT, too_many_columns
from plumbline.imports.readers.sheet import DATE, ERROR, INSTANT, NUMBER, SheetRow, fold, squeeze

Spans = Mapping[int, Sequence[tuple[int, int]]]
"""Line → first and last position of each cell that is merged over several columns."""
_SAMPLE = 60
_SEARCHED = 30
"""Rows among which the header is looked for: above it there are titles, not records."""
_NEARLY = 0.6
_LONGEST_NAME = 300
_FIGURE = re.compile(r"[-+]?[\d.,'\u00a0 ]*\d\s?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_TOTAL = re.compile(
    r"((grand|sub|over-?all)[ -]?)?totals?|sum|summe|(gesamt|zwischen)(summe)?|insgesamt|somme|totaux|"
    r"(sous-)?total général|totale|suma|totaal|razem|итого|合計|总计",
    re.I,
)
_ENDINGS = 10


def filled(row: SheetRow) -> int:
    """How many cells of the row have a text."""
    return sum(1 for cell in row.cells if cell and not cell.isspace())


def _figure(row: SheetRow, place: int) -> bool:
    kind = row.types[place] if place < len(row.types) else ""
    return kind in (DATE, INSTANT, NUMBER, ERROR) or _FIGURE.fullmatch(row.cells[place].strip()) is not None


def _names(row: SheetRow) -> bool:
    """Whether the cells of ``row`` could be names of columns: short texts, most of them different."""
    places = [place for place, cell in enumerate(row.cells) if cell.strip()]
    figures = sum(1 for place in places if _figure(row, place))
    texts = {fold(row.cells[place]) for place in places}
    short = all(len(row.cells[place]) <= _LONGEST_NAME for place in places)
    return short and figures <= 0.3 * len(places) and len(texts) >= 0.6 * len(places)


def find_header(rows: Sequence[SheetRow], spans: Spans) -> tuple[int, int]:
    """The index of the row that names the columns, and how many rows do so (then it is the lower one).

    It is the first one that is nearly as wide as the table: titles above a table fill one or two cells.
    """
    fills = [filled(row) for row in rows[:_SAMPLE]]
    # One row with stray separators is no measure of the table.
    widest = sorted(fills)[-2] if len(fills) > 3 else max(fills)
    index = 0
    if widest > 1:
        wide = (number for number, count in enumerate(fills[:_SEARCHED]) if count >= max(2, _NEARLY * widest))
        index = next((number for number in wide if number == 0 or _names(rows[number])), 0)
    if _is_group_row(rows, index, spans):
        return index + 1, 2
    if index and _is_group_row(rows, index - 1, spans):
        return index, 2
    return index, 1


def _is_group_row(rows: Sequence[SheetRow], index: int, spans: Spans) -> bool:
    """Whether row ``index`` only groups the columns that the row below it names."""
    if index + 1 >= len(rows) or rows[index + 1].line != rows[index].line + 1 or not _names(rows[index + 1]):
        return False
    above, below = rows[index], rows[index + 1]
    merged = [span for span in spans.get(above.line, ()) if span[1] > span[0]]
    width = max(place for place, cell in enumerate(below.cells, 1) if cell.strip())
    whole = any(first == 0 and last + 1 >= width for first, last in merged)
    if merged:
        # A cell over the whole width is a title; one over some columns is a group.
        return not whole and filled(above) > 1 and filled(below) > len(merged)
    names = Counter(fold(cell) for cell in below.cells if cell.strip())
    repeated = [name for name, times in names.items() if times > 1]
    return 2 <= filled(above) < filled(below) and len(repeated) >= 2 and _names(above)


def joined_names(above: SheetRow, below: SheetRow, spans: Spans) -> tuple[str, ...]:
    """The names of columns that two rows give together: ``Plan: start``, ``Plan: end`` …"""
    merged = spans.get(above.line, ())
    names, group = [], ""
    for place in range(max(len(above.cells), len(below.cells))):
        own = squeeze(above.cells[place]) if place < len(above.cells) else ""
        inside = any(first < place <= last for first, last in merged)
        # Without merged cells (in CSV) a group reaches to the next one.
        group = own or (group if inside or not merged else "")
        name = squeeze(below.cells[place]) if place < len(below.cells) else ""
        names.append(f"{group}: {name}" if group and name and fold(group) != fold(name) else name or group)
    return tuple(names)


def unique_names(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Header texts as unique names of columns, and those that stood there more than once."""
    if len(cells) > COLUMN_LIMIT:
        raise too_many_columns()
    names = [squeeze(cell) or f"column {place}" for place, cell in enumerate(cells, 1)]
    total = Counter(fold(name) for name in names)
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        folded = fold(name)
        seen[folded] += 1
        made.append(f"{name} ({seen[folded]})" if total[folded] > 1 else name)
    return tuple(made), tuple(dict.fromkeys(name for name in names if total[fold(name)] > 1))


def find_endings(rows: Sequence[SheetRow]) -> tuple[int, ...]:
    """Lines of the rows at the end that look like totals or notes and not like entries, in order."""
    if len(rows) < 3:
        return ()
    usual = sorted(filled(row) for row in rows[:_SAMPLE])[min(len(rows), _SAMPLE) // 2]
    found: list[int] = []
    for row in reversed(rows[-_ENDINGS:]):
        places = [place for place, cell in enumerate(row.cells) if cell.strip()]
        total = _TOTAL.fullmatch(squeeze(row.cells[places[0]]).rstrip(" :.")) is not None
        figures = sum(1 for place in places[1:] if _figure(row, place))
        is_total = total and figures >= len(places) // 2
        is_note = usual >= 3 and len(places) == 1
        if not is_total and not is_note:
            break
        found.append(row.line)
    return tuple(reversed(found)) if len(found) < len(rows) else ()
