"""A workbook read into rows, against openpyxl in its streaming mode.

Here: a workbook of 5,000 rows and 60 columns (texts, numbers, dates, words of a list), from bytes to a sheet
with its header found and the type of every cell kept. The anchor: openpyxl with ``read_only=True``, and every
value of every row. The second line is the memory that reading the same workbook takes at its most.

    python bench/read.py [--repetitions 15]
"""

from __future__ import annotations

import datetime
import io
import tracemalloc
from collections.abc import Iterator

import table
from table import Cost, Promise, Row, Scale

ROWS, COLUMNS = 5_000, 60
MILLISECONDS = 5_000
MEGABYTES = 300
BEGIN = datetime.date(2023, 3, 15)
STAGES = ("planned", "in development", "in operation", "retired")


def workbook(count: int) -> bytes:
    """A register as a workbook: a title, the names of the columns, and the rows."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Register")
    sheet.append(["All systems in use"])
    sheet.append([f"Column {column}" for column in range(COLUMNS)])
    for row in range(count):
        sheet.append([_value(row, column) for column in range(COLUMNS)])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _value(row: int, column: int) -> object:
    return (
        f"It sorts incoming claims of type {row} in unit {column}.",
        row * column + 0.1,
        BEGIN + datetime.timedelta(days=row % 900),
        STAGES[row % 4],
    )[column % 4]


def rows(scale: Scale) -> Iterator[Row]:
    """Reading one workbook: time and memory."""
    import openpyxl

    from plumbline.imports import reading

    count = scale.size(ROWS, least=100)
    content = workbook(count)

    def here() -> None:
        sheet = reading.read(content)
        if (len(sheet.rows), len(sheet.columns), sheet.column_type("Column 2")) != (count, COLUMNS, "d"):
            raise SystemExit("the workbook was not read whole")

    def anchor() -> None:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if sum(1 for _ in book.active.iter_rows(values_only=True)) != count + 2:
            raise SystemExit("openpyxl did not read the workbook whole")

    costs = table.compare(here, anchor, scale.repetitions)
    work = f"read a workbook of {count:,} × {COLUMNS}"
    yield Row(work, "openpyxl, streaming", *costs, Promise("cpu", MILLISECONDS))
    tracemalloc.start()
    here()
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    yield Row(f"{work}: memory", "", Cost(most, unit="MB"), None, Promise("value", MEGABYTES))


if __name__ == "__main__":
    table.run(rows)
