"""The connector: ethics reviews from the board's minutes, a CSV file with one line for each review."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from django import forms

from plumbline.connectors.port import Connector, Fact
from plumbline.kernel.problems import Fault, Malformed, Unavailable

COLUMNS = ("id", "system", "subject", "question", "conclusion")


class Settings(forms.Form):
    """Where the minutes are."""

    file = forms.CharField(label="File", max_length=1000, help_text=f"CSV with {', '.join(COLUMNS)}.")


def read(settings: Mapping[str, str], since: str) -> Iterator[Fact]:
    """The lines after line ``since``. Minutes are only ever added to. Raises `Unavailable` or `Malformed`."""
    try:
        text = Path(settings["file"]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("file", f"cannot be read: {type(error).__name__}", "check the path")
        raise Unavailable("The minutes were not read.", [fault]) from error
    lines = csv.DictReader(text.splitlines())
    if missing := set(COLUMNS) - set(lines.fieldnames or ()):
        fault = Fault("file", f"has no column {', '.join(sorted(missing))}", "add it")
        raise Malformed("The minutes were not read.", [fault])
    for number, line in enumerate(lines, 1):
        if number > int(since or 0):
            values = {
                "title": line["subject"],
                "system": line["system"],
                "question": line["question"],
                "conclusion": line["conclusion"],
            }
            yield Fact("ethics-review", f"minutes:{line['id']}", str(number), values)


CONNECTOR = Connector(
    slug="ethics-minutes",
    title="Minutes of the ethics board, as CSV",
    text="Each line of the minutes becomes an ethics review.",
    kinds=("ethics-review",),
    settings_form=Settings,
    read=read,
)
