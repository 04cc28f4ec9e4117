"""The map of a register: which column says what. YAML text → `RegisterMap`, strictly. Pure.

Every scalar of the YAML is read as text, so that ``No``, ``2024-10-01`` and ``007`` mean what they say.
Unknown words are refused with their name, and so are anchors, which a map has no use for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plumbline.imports import dates, numbers
from plumbline.imports.map_yaml import words_in
from plumbline.imports.reading import DELIMITERS, ENCODINGS, READ_AS_FOUND, ReadOptions, Sheet, fold
from plumbline.imports.stated import words as source_words
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid

UNREADABLE = ("note", "fault", "empty")
REVISE = "revise"
APPROVED = ("leave", REVISE)
CHANGED_HERE = ("keep", "take")
KEY_LENGTH = 200


@dataclass(frozen=True)
class FieldMap:
    """Where the value of one field comes from: columns of the file, or a constant.

    ``values`` translate cells (compared on one line, without capitals); ``default`` stands for an empty
    cell, ``otherwise`` for one that ``values`` does not name. ``dates`` are formats of ``strptime``, and
    ``date_order`` (`dates.ORDERS`) is what comes first in dates of figures, as a person has confirmed it;
    ``decimal`` is what stands before the decimals. ``unreadable`` says what happens where a text is no value
    of the field: the field is left out and the text goes to the note, the row is refused, or the text is
    dropped. ``changed_here`` (`CHANGED_HERE`) is what happens to a field that somebody has changed here
    since the last import; empty: as the whole map says.
    ``split`` cuts a cell into several values; ``shorten`` cuts a text at that many characters and keeps
    the whole of it in the note; ``slug`` makes small letters, digits and hyphens of it, at most that many,
    unlike any other in the file. ``labelled`` puts the name of each column before its text. ``once`` fills
    the field of a new record only, and leaves it alone when the row comes again.
    """

    name: str
    columns: tuple[str, ...] = ()
    constant: str | None = None
    join: str = "\n\n"
    values: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None
    otherwise: str | None = None
    dates: tuple[str, ...] = ()
    date_order: str = ""
    decimal: str = ""
    changed_here: str = ""
    unreadable: str = "note"
    split: str = ""
    shorten: int = 0
    slug: int = 0
    labelled: bool = False
    once: bool = False


@dataclass(frozen=True)
class SourceColumn:
    """A column whose texts are kept as the words of the source, and what they are ``about``: a word of
    `stated.words.ABOUT`, or another one of the map's own. No field takes them and no check reads them."""

    about: str
    column: str


@dataclass(frozen=True)
class Skip:
    """Rows to leave out: those whose cell in ``column`` is one of ``words`` (empty text: an empty cell)."""

    column: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class RegisterMap:
    """How a register becomes records of one kind; ``digest`` says that the key is made from its columns."""

    kind: str
    key: tuple[str, ...]
    digest: bool
    fields: tuple[FieldMap, ...]
    register: str = ""
    skip: tuple[Skip, ...] = ()
    empty: frozenset[str] = frozenset()
    options: ReadOptions = READ_AS_FOUND
    """How the file is to be read."""
    changed_here: str = "keep"
    approved: str = "leave"
    """What becomes of an approved record that the file changes: left as it is, or a revision is opened."""
    links: str = ""
    """Column with links to other records, each as ``relation: key``."""
    revision: str = ""
    """Column with the revision from which the file was exported, where it was."""
    source: tuple[SourceColumn, ...] = ()
    """Columns that are kept as the source's own words."""
    otherwise: tuple[str, ...] = ()
    """Columns whose digest is the key of a row whose columns of the key are empty, or mean an empty cell."""

    def columns(self) -> tuple[str, ...]:
        """Every column that the map names, once."""
        named = [*self.key, *self.otherwise, *(rule.column for rule in self.skip)]
        named += [column for item in self.fields for column in item.columns]
        named += [name for name in (self.links, self.revision) if name]
        named += [item.column for item in self.source]
        return tuple(dict.fromkeys(named))


def parse(text: str) -> RegisterMap:
    """The map in ``text``. Raises `Malformed` for what is no YAML and `Invalid` for every wrong word."""
    return _Reader().register_map(words_in(text))


def load(words: Mapping[str, Any]) -> RegisterMap:
    """The map in ``words``, as `parse` would find it in YAML."""
    return _Reader().register_map(words)


def reading_options(words: Mapping[str, Any]) -> ReadOptions:
    """What words of a map say about reading the file. Raises `Invalid` for every wrong one."""
    reader = _Reader()
    options = reader.options(reader.words("", words, set(READING_WORDS)))
    if reader.faults:
        raise Invalid("The file was not read.", reader.faults)
    return options


def reading_words(sheet: Sheet) -> dict[str, str]:
    """The words of a map that have a file of the same kind read in the same way again.

    What every reader finds without being told is left out, so that the next edition of a register is not held
    to what only this one had: the first row as header, commas, UTF-8, the name of the only sheet.
    """
    options = sheet.options
    plain = {"header_row": "1", "header_rows": "1", "encoding": "utf-8", "delimiter": ","}
    found = {name: str(getattr(options, name) or "") for name in READING_WORDS}
    found = {name: value for name, value in found.items() if value and value != plain.get(name)}
    if len(sheet.tables) < 2:
        found.pop("sheet", None)
    if found.get("encoding", "") not in ENCODINGS:
        found.pop("encoding", None)
    if "delimiter" in found:
        found["delimiter"] = DELIMITERS[found["delimiter"]]
    return found


def check(mapped: RegisterMap, sheet: Sheet, fields: Sequence[str]) -> None:
    """Raise `Invalid` unless every column is in ``sheet`` and every field among ``fields``."""
    faults = []
    twice = {fold(name) for name in sheet.repeated}
    for column in mapped.columns():
        if sheet.place(column) is None:
            remedy = (
                f"the file has it more than once; write “{column} (1)” or “{column} (2)”"
                if fold(column) in twice
                else f"columns of the file: {', '.join(sheet.columns[:80])}"
            )
            faults.append(Fault(f"map: column “{column}”", "is not a column of the file", remedy))
    known = ", ".join(fields)
    faults += [
        Fault(
            f"fields.{item.name}",
            "is not a field of this kind",
            say("fault.one-of", "one of: {names}", names=known),
        )
        for item in mapped.fields
        if item.name not in fields
    ]
    if faults:
        raise Invalid("The map does not fit the file.", faults)


class _Reader:
    """Reads the words of a map and gathers every fault before it refuses."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def register_map(self, found: Any) -> RegisterMap:
        known = {"kind", "key", "fields", "register", "skip", "empty", "links", *_AGAIN, *READING_WORDS}
        top = self.words("", found, known)
        for name in ("kind", "key", "fields"):
            if name not in top and isinstance(found, Mapping):
                self.fault(name, "is missing", "a map has kind, key and fields")
        key, digest, otherwise = self.key(top.get("key", {}))
        named = top.get("fields", {})
        if not isinstance(named, Mapping):
            self.fault("fields", "is not a list of names", "field: {column: name of the column}")
            named = {}
        made = RegisterMap(
            kind=self.text("kind", top.get("kind", "")),
            key=key,
            digest=digest,
            otherwise=otherwise,
            fields=tuple(self.field(name, rule) for name, rule in named.items()),
            register=self.text("register", top.get("register", "")),
            skip=self.skips(top.get("skip", [])),
            empty=frozenset(fold(word) for word in self.texts("empty", top.get("empty", []))),
            options=self.options(top),
            changed_here=self.choice("changed_here", top.get("changed_here", ""), CHANGED_HERE) or "keep",
            approved=self.choice("approved", top.get("approved", ""), APPROVED) or "leave",
            links=self.text("links", top.get("links", "")),
            revision=self.text("revision", top.get("revision", "")),
            source=self.source(top.get("source", [])),
        )
        if len(made.register) > 60:
            self.fault("register", "is longer than 60 characters", "a short name of the register")
        if self.faults:
            raise Invalid("The map was not taken.", self.faults)
        return made

    def fault(self, name: str, message: str, remedy: str = "") -> None:
        self.faults.append(Fault(name, message, remedy))

    def words(self, name: str, found: Any, known: set[str]) -> Mapping[str, Any]:
        if not isinstance(found, Mapping):
            self.fault(
                name or "map", "is not a list of names and values", f"known names: {', '.join(sorted(known))}"
            )
            return {}
        for word in found:
            if word not in known:
                place = f"{name}.{word}" if name else str(word)
                self.fault(place, "is not a word of a map", f"one of: {', '.join(sorted(known))}")
        return found

    def text(self, name: str, found: Any) -> str:
        if isinstance(found, str):
            return found
        self.fault(name, "is not a text", "write one text")
        return ""

    def texts(self, name: str, found: Any) -> tuple[str, ...]:
        listed = [found] if isinstance(found, str) else found
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            self.fault(name, "is not a list of texts", "[first, second]")
            return ()
        return tuple(listed)

    def choice(self, name: str, found: Any, known: Sequence[str]) -> str:
        word = self.text(name, found)
        if word and word not in known:
            self.fault(name, "is not known", f"one of: {', '.join(known)}")
        return word

    def options(self, top: Mapping[str, Any]) -> ReadOptions:
        """How the file is to be read: the words of a map that say nothing about its columns."""
        return ReadOptions(
            sheet=self.text("sheet", top.get("sheet", "")),
            path=self.text("path", top.get("path", "")),
            header_row=self.number("header_row", top.get("header_row", "0"), "3"),
            header_rows=_HEADER_ROWS.get(self.choice("header_rows", top.get("header_rows", ""), "12"), 0),
            first_row=self.number("first_row", top.get("first_row", "0"), "4"),
            last_row=self.number("last_row", top.get("last_row", "0"), "200"),
            endings=self.choice("endings", top.get("endings", ""), ("skip",)),
            encoding=self.choice("encoding", top.get("encoding", ""), ENCODINGS),
            delimiter=self.delimiter(top.get("delimiter", "")),
        )

    def delimiter(self, found: Any) -> str:
        word = self.text("delimiter", found)
        signs = {name: sign for sign, name in DELIMITERS.items()}
        sign = signs.get(word, word)
        if sign and sign not in DELIMITERS:
            self.fault("delimiter", "is not known", f"one of: {', '.join(signs)}")
        return sign

    def key(self, found: Any) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
        rule = self.words("key", found, {"columns", "digest", "otherwise"})
        otherwise = self.texts("key.otherwise", rule.get("otherwise", []))
        if "otherwise" in rule and "columns" not in rule:
            self.fault("key.otherwise", "is for columns that some rows leave empty", "columns: [id]")
        if {"columns", "digest"} <= rule.keys():
            self.fault("key", "names both columns and a digest", "columns where there is an id, else digest")
        name = "digest" if "digest" in rule else "columns"
        columns = self.texts(f"key.{name}", rule.get(name, []))
        if not columns and isinstance(found, Mapping):
            self.fault("key", "names no column", "columns: [id], or digest: [columns that tell rows apart]")
        return columns, name == "digest", otherwise

    def source(self, found: Any) -> tuple[SourceColumn, ...]:
        """``[Column, …]``, or ``{owner: Column, state: [Column, …]}``."""
        if not isinstance(found, Mapping):
            listed = [(source_words.about_of(column), column) for column in self.texts("source", found)]
        else:
            listed = [
                (str(about), column)
                for about, columns in found.items()
                for column in self.texts(f"source.{about}", columns)
            ]
        if len({column for _, column in listed}) < len(listed):
            self.fault("source", "names a column twice", "name each column once")
        if any(len(about) > source_words.LONGEST_ABOUT for about, _ in listed):
            self.fault(
                "source", "has a name that is too long", "owner, state, approval, date, or a short word"
            )
        return tuple(SourceColumn(about, column) for about, column in listed)

    def skips(self, found: Any) -> tuple[Skip, ...]:
        if not isinstance(found, list):
            self.fault("skip", "is not a list", "- {column: name, is: [text]}")
            return ()
        made = []
        for place, item in enumerate(found):
            rule = self.words(f"skip.{place}", item, {"column", "is"})
            words = self.texts(f"skip.{place}.is", rule.get("is", []))
            made.append(
                Skip(
                    self.text(f"skip.{place}.column", rule.get("column")), tuple(fold(word) for word in words)
                )
            )
        return tuple(made)

    def field(self, name: str, found: Any) -> FieldMap:
        place = f"fields.{name}"
        if isinstance(found, str):
            return FieldMap(name, columns=(found,))
        rule = self.words(place, found, _FIELD_WORDS)
        columns = self.texts(f"{place}.columns", rule.get("columns", rule.get("column", [])))
        if ("constant" in rule) == bool(columns) or {"column", "columns"} <= set(rule):
            self.fault(place, "has not exactly one of column, columns and constant", "keep one of them")
        values = rule.get("values", {})
        if not isinstance(values, Mapping) or not all(isinstance(item, str) for item in values.values()):
            self.fault(
                f"{place}.values", "is not a list of texts by text", "values: {Text of the file: value}"
            )
            values = {}
        return FieldMap(
            name=name,
            columns=columns,
            constant=self.text(f"{place}.constant", rule["constant"]) if "constant" in rule else None,
            join=self.text(f"{place}.join", rule.get("join", "\n\n")),
            values={fold(word): value for word, value in values.items()},
            default=self.text(f"{place}.default", rule["default"]) if "default" in rule else None,
            otherwise=self.text(f"{place}.otherwise", rule["otherwise"]) if "otherwise" in rule else None,
            dates=self.formats(place, rule),
            date_order=self.choice(f"{place}.date_order", rule.get("date_order", ""), dates.ORDERS),
            decimal=self.choice(f"{place}.decimal", rule.get("decimal", ""), tuple(numbers.MARKS)),
            changed_here=self.choice(f"{place}.changed_here", rule.get("changed_here", ""), CHANGED_HERE),
            unreadable=self.choice(f"{place}.unreadable", rule.get("unreadable", ""), UNREADABLE) or "note",
            split=self.text(f"{place}.split", rule.get("split", "")),
            shorten=self.number(f"{place}.shorten", rule.get("shorten", "0")),
            slug=self.number(f"{place}.slug", rule.get("slug", "0")),
            labelled=self.yes(f"{place}.labelled", rule.get("labelled", "no")),
            once=self.yes(f"{place}.once", rule.get("once", "no")),
        )

    def formats(self, place: str, rule: Mapping[str, Any]) -> tuple[str, ...]:
        found = self.texts(f"{place}.dates", rule.get("dates", []))
        if found and "date_order" in rule:
            self.fault(place, "has both dates and date_order", "keep one of them")
        if dates.contradict(found):
            # Which of the two came first in the list would decide what 03/04/2023 means.
            remedy = "look at the column and keep one order: date_order: dmy, or date_order: mdy"
            self.fault(f"{place}.dates", "reads 03/04/2023 both as 3 April and as 4 March", remedy)
        return found

    def number(self, name: str, found: Any, example: str = "300") -> int:
        word = self.text(name, found)
        if word.isascii() and word.isdecimal() and len(word) < 8:
            return int(word)
        self.fault(name, "is not a whole number", f"{name.rpartition('.')[2]}: {example}")
        return 0

    def yes(self, name: str, found: Any) -> bool:
        return self.choice(name, found, ("yes", "no")) == "yes"


_HEADER_ROWS = {"1": 1, "2": 2}
READING_WORDS = (
    *("sheet", "path", "header_row", "header_rows", "first_row", "last_row"),
    *("endings", "encoding", "delimiter"),
)
_AGAIN = ("changed_here", "approved", "revision", "source")
"""Words of a map for a register that comes again, and for what it says in its own words."""
_FIELD_WORDS = {
    *("column", "columns", "constant", "join", "values", "default", "otherwise"),
    *("dates", "date_order", "decimal", "changed_here", "unreadable"),
    *("split", "shorten", "slug", "labelled", "once"),
}
