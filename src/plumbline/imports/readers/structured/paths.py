"""Lists of objects in a document: where they are, and what a path such as ``data.systems`` means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plumbline.imports.readers.limits import too_large

JSON = None | bool | str | list["JSON"] | dict[str, "JSON"]
"""What a document is made of. Numbers are `Number`, a text."""
EACH = "*"
"""The step into every value of an object whose keys are names of entries."""
_DEPTH = 8
_NODES = 2_000_000


class Number(str):
    """A number with the digits of the file."""


@dataclass
class Candidate:
    """A list of objects: its path, how many objects there are, and how much of a table they are."""

    path: str
    entries: int = 0
    cells: int = 0
    inside_list: bool = False


def entries_at(document: JSON, path: str) -> Iterator[tuple[str, JSON]]:
    """The entries that ``path`` leads to, each with the key it stands under (nothing in a list).

    A step enters every object of a list. Of keys with dots the longest that fits is taken.
    """
    if isinstance(document, list):
        for item in document:
            if path:
                yield from entries_at(item, path)
            else:
                yield "", item
    elif not path:
        yield "", document
    elif isinstance(document, dict):
        if path == EACH:
            yield from document.items()
            return
        fitting = [key for key in document if path == key or path.startswith(f"{key}.")]
        if fitting:
            key = max(fitting, key=len)
            yield from entries_at(document[key], path[len(key) + 1 :])


def candidates(document: JSON) -> list[Candidate]:
    """Every list of objects, the one that is most of a table first. Raises `TooLarge` for too many values."""
    found: dict[str, Candidate] = {}
    left = [_NODES]
    _collect(document, "", 0, False, found, left)
    listed = [each for each in found.values() if each.entries]
    return sorted(listed, key=lambda each: (each.inside_list, -each.cells))


def _collect(
    value: JSON, path: str, depth: int, inside: bool, found: dict[str, Candidate], left: list[int]
) -> None:
    left[0] -= 1
    if left[0] < 0:
        raise too_large("has over two million values", "split the file")
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, dict)]
        if objects and 2 * len(objects) > len(value):
            here = found.setdefault(path, Candidate(path, inside_list=inside))
            here.entries += len(objects)
            here.cells += sum(len(item) for item in objects)
            for item in objects:
                _collect_inside(item, path, depth, True, found, left)
    elif isinstance(value, dict):
        _collect_inside(value, path, depth, inside, found, left)


def _collect_inside(
    value: Mapping[str, JSON],
    path: str,
    depth: int,
    inside: bool,
    found: dict[str, Candidate],
    left: list[int],
) -> None:
    for key, item in value.items():
        if isinstance(item, list | dict):
            _collect(item, f"{path}.{key}" if path else key, depth + 1, inside, found, left)


def is_keyed(document: JSON) -> bool:
    """Whether an object is a list by its nature: several objects with the same keys, each under a name."""
    if not isinstance(document, dict) or len(document) < 2:
        return False
    objects = [item for item in document.values() if isinstance(item, dict)]
    if len(objects) < len(document):
        return False
    shared = set(objects[0]).intersection(*objects[1:])
    return len(shared) * 2 >= len(objects[0]) > 0
