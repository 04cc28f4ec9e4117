"""The page on which columns are matched with fields: its context, and what was chosen on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from plumbline.imports import matching, reading
from plumbline.imports.dates import ORDERS, read_day
from plumbline.imports.directory.declarations import Target
from plumbline.imports.matching import Choices
from plumbline.imports.queries import JobView
from plumbline.imports.reading import ReadOptions, Sheet, fold
from plumbline.imports.remembered.queries import Remembered
from plumbline.kernel.problems import Fault
from plumbline.web.frame import Crumb
from plumbline.web.imports import file_panel
from plumbline.web.imports import proposal as proposals
from plumbline.web.imports.file_panel import FilePanel
from plumbline.web.imports.proposal import Proposal

EXAMPLE_LENGTH = 80


@dataclass(frozen=True)
class WordRow:
    """A word of the file, how often it stands there, and the value it was given or looks like."""

    place: int
    word: str
    count: int
    chosen: str


@dataclass(frozen=True)
class WordsOf:
    """The words of one column whose meaning has to be said."""

    name: str
    label: str
    column: str
    known: tuple[tuple[str, str], ...]
    rows: tuple[WordRow, ...]


@dataclass(frozen=True)
class DatesOf:
    """A column whose dates may be read in two ways: what its example would be in each."""

    name: str
    label: str
    column: str
    example: str
    day_first: str
    month_first: str
    chosen: str
    mixed: bool


@dataclass(frozen=True)
class FieldRow:
    """One field with the column or constant it takes."""

    name: str
    label: str
    help: str
    required: bool
    column: str
    constant: str
    known: tuple[tuple[str, str], ...]
    also: str
    join: str
    split: str
    default: str
    several: bool

    @property
    def is_matched(self) -> bool:
        """Whether it takes anything, or has to."""
        return self.required or any((self.column, self.constant, self.also, self.default))


@dataclass(frozen=True)
class ColumnRow:
    """One column of the file, with the first text that stands in it."""

    name: str
    example: str
    in_key: bool
    in_otherwise: bool
    in_source: bool
    """Whether it is kept as the source's own words."""


@dataclass(frozen=True)
class ColumnsPage:
    """The context of the page."""

    title: str
    here: str
    crumbs: tuple[Crumb, ...]
    job: JobView
    fields: tuple[FieldRow, ...]
    columns: tuple[ColumnRow, ...]
    words: tuple[WordsOf, ...]
    dates: tuple[DatesOf, ...]
    choices: Choices
    digest: bool
    register: str
    rows: int
    encoding: str
    file: FilePanel
    faults: tuple[Fault, ...] = ()
    proposal: Proposal | None = None
    remembered: Remembered | None = None
    """The newest import of a file with the same columns, from which choices are suggested."""

    @property
    def matched(self) -> tuple[FieldRow, ...]:
        """The fields that take something, or have to."""
        return tuple(field for field in self.fields if field.is_matched)

    @property
    def others(self) -> tuple[FieldRow, ...]:
        """The fields for which no column was found."""
        return tuple(field for field in self.fields if not field.is_matched)


def sheet_of(content: bytes) -> Sheet:
    """The file as it was uploaded. Raises `Malformed`."""
    return reading.read(content)


def chosen(request: HttpRequest, kind: Target, sheet: Sheet) -> Choices:
    """What was chosen on the page; unknown columns and fields are left out."""
    made = Choices(
        key=tuple(name for name in request.POST.getlist("key") if name in sheet.columns),
        digest=request.POST.get("key_by") == "digest",
        otherwise=tuple(name for name in request.POST.getlist("otherwise") if name in sheet.columns),
        register=_line(request, "register")[:60],
        changed_here="take" if request.POST.get("changed_here") == "take" else "keep",
        approved="revise" if request.POST.get("approved") == "revise" else "leave",
        source=tuple(name for name in request.POST.getlist("source") if name in sheet.columns),
        skip_column=_column(request, "skip_column", sheet),
        skip_words=_listed(request, "skip_words") or ("",),
    )
    if "empty" in request.POST:
        made.empty = _listed(request, "empty")
    for name in matching.fields(kind):
        column = str(request.POST.get(f"column:{name}", ""))
        constant = str(request.POST.get(f"constant:{name}", "")).strip()
        if column in sheet.columns:
            made.columns[name] = column
            _read_as(request, made, name, sheet)
        elif constant:
            made.constants[name] = constant
        rows = zip(request.POST.getlist(f"word:{name}"), request.POST.getlist(f"value:{name}"), strict=False)
        known = {value for value, _ in matching.chosen_among(kind, name)}
        made.values[name] = {str(word): str(value) if value in known else "" for word, value in rows}
    return made


def _line(request: HttpRequest, name: str) -> str:
    return " ".join(str(request.POST.get(name, "")).split())


def _column(request: HttpRequest, name: str, sheet: Sheet) -> str:
    column = str(request.POST.get(name, ""))
    return column if column in sheet.columns else ""


def _listed(request: HttpRequest, name: str) -> tuple[str, ...]:
    return tuple(
        word for part in str(request.POST.get(name, "")).split(",") if (word := " ".join(part.split()))
    )


def _read_as(request: HttpRequest, made: Choices, name: str, sheet: Sheet) -> None:
    """How the texts of the column chosen for ``name`` are read."""
    if also := _column(request, f"also:{name}", sheet):
        made.also[name], made.joins[name] = also, str(request.POST.get(f"join:{name}", " "))[:20]
    if split := str(request.POST.get(f"split:{name}", "")).strip()[:5]:
        made.splits[name] = split
    if default := _line(request, f"default:{name}"):
        made.defaults[name] = default
    if (order := str(request.POST.get(f"order:{name}", ""))) in ORDERS:
        made.orders[name] = order


def unclear(
    request: HttpRequest,
    kind: Target,
    sheet: Sheet,
    choices: Choices,
    earlier: Choices,
    *,
    again: bool = False,
) -> tuple[DatesOf, ...]:
    """Columns whose dates a person has to say the order of, until the page has shown them."""
    found = []
    missing = False
    for name, order in matching.unclear_dates(kind, sheet, choices).items():
        missing |= request.POST.get(f"dates-of:{name}") != choices.columns[name]
        label = str(matching.fields(kind)[name].label)
        readings = (read_day(order.example, "dmy").day, read_day(order.example, "mdy").day)
        shown = request.POST.get(f"dates-of:{name}") == choices.columns[name]
        chosen = choices.orders.get(name, "" if shown else earlier.orders.get(name, ""))
        mixed = order.known == "mixed"
        found.append(DatesOf(name, label, choices.columns[name], order.example, *readings, chosen, mixed))
    return tuple(found) if missing or again else ()


def unsettled(
    request: HttpRequest,
    kind: Target,
    sheet: Sheet,
    choices: Choices,
    earlier: Choices,
    *,
    again: bool = False,
) -> tuple[WordsOf, ...]:
    """Columns whose words the page has not shown yet (all of them with ``again``), with what an ``earlier``
    import said of them, or guesses."""
    found = []
    missing = False
    for name, column in choices.columns.items():
        known = matching.chosen_among(kind, name)
        if not known:
            continue
        shown = request.POST.get(f"words-of:{name}") == column
        missing |= not shown
        given = choices.values.get(name, {}) if shown else {}
        listed = matching.words(sheet, column, split=matching.several(kind, name))
        before = earlier.values.get(name, {})
        rows = tuple(
            WordRow(
                place,
                word,
                count,
                given[word] if word in given else before.get(fold(word)) or matching.alike(word, known, name),
            )
            for place, (word, count) in enumerate(listed)
        )
        label = str(matching.fields(kind)[name].label)
        if rows:
            found.append(WordsOf(name, label, column, tuple(known), rows))
    return tuple(found) if found and (missing or again) else ()


def context(
    job: JobView,
    sheet: Sheet,
    choices: Choices,
    ask: tuple[WordsOf, ...],
    dates: tuple[DatesOf, ...],
    faults: tuple[Fault, ...],
    crumbs: tuple[Crumb, ...],
    options: ReadOptions,
    remembered: Remembered | None = None,
) -> ColumnsPage:
    """The page for what is chosen so far; ``options`` are how the file was asked to be read."""
    return ColumnsPage(
        title="Say what the words mean" if (ask or dates) and not faults else "Match the columns",
        here=job.file_name,
        crumbs=crumbs,
        job=job,
        fields=tuple(_field(job.kind, name, choices) for name in matching.fields(job.kind)),
        columns=tuple(
            ColumnRow(
                name,
                _example(sheet, place),
                name in choices.key,
                name in choices.otherwise,
                name in choices.source,
            )
            for place, name in enumerate(sheet.columns)
        ),
        words=ask,
        dates=dates,
        choices=choices,
        digest=choices.digest,
        register=choices.register,
        rows=len(sheet.rows),
        encoding=sheet.encoding or sheet.format,
        file=file_panel.panel(sheet, options, job.kind.slug),
        faults=faults,
        proposal=None if ask or dates else proposals.proposal(job.kind, sheet),
        remembered=remembered,
    )


def _field(kind: Target, name: str, choices: Choices) -> FieldRow:
    shown = matching.fields(kind)[name]
    return FieldRow(
        name,
        str(shown.label),
        str(shown.help_text),
        shown.required,
        choices.columns.get(name, ""),
        choices.constants.get(name, ""),
        tuple(matching.chosen_among(kind, name)),
        choices.also.get(name, ""),
        choices.joins.get(name, " "),
        choices.splits.get(name, ","),
        choices.defaults.get(name, ""),
        matching.several(kind, name),
    )


def _example(sheet: Sheet, place: int) -> str:
    for row in sheet.rows[:50]:
        text = " ".join(row.cells[place].split()) if place < len(row.cells) else ""
        if text:
            return text if len(text) <= EXAMPLE_LENGTH else text[: EXAMPLE_LENGTH - 1] + "…"
    return ""
