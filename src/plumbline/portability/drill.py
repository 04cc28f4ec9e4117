"""The exit drill: what came in elsewhere, compared with what went out, file by file and so row by row.

Both sides are exports, and an export is the same for the same organization. So every file has to have the
same digest, except for those of the log, to which the new installation adds: of these the first lines have to
be the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from plumbline.portability import manifest
from plumbline.portability.export import KIND
from plumbline.portability.manifest import Manifest

_GROWS = ("log/entries.jsonl", "log/openings.jsonl")
"""Files to which the new installation adds its own entries, behind those that came in."""
_OWN = ("log/checkpoints.jsonl", "README.md")
"""Files that say something of one installation alone: who signed, and how much there is."""


@dataclass(frozen=True)
class Difference:
    """One place where the organization is not the same after its move; ``line`` 0 is the whole file."""

    place: str
    line: int
    what: str


@dataclass(frozen=True)
class DrillReport:
    """What an exit drill compared, the root up to which both logs are one, and what differs."""

    files: int
    lines: int
    root: str
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def compare(before: Path, after: Path) -> DrillReport:
    """Compare the export of an organization with the export of where it came in."""
    first, second = manifest.read(before, KIND), manifest.read(after, KIND)
    differences: list[Difference] = []
    lines = 0
    later = {file.place: file for file in second.files}
    for file in first.files:
        if file.place in _OWN:
            continue
        if file.place not in later:
            differences.append(Difference(file.place, 0, "is missing"))
        elif file.place in _GROWS:
            lines += _count(before / file.place)
            differences += _first_lines(before / file.place, after / file.place, file.place)
        else:
            lines += _count(before / file.place)
            if (file.size, file.sha256) != (later[file.place].size, later[file.place].sha256):
                differences += _unlike(before / file.place, after / file.place, file.place)
    more = sorted(set(later) - {file.place for file in first.files})
    differences += [Difference(place, 0, "was not exported") for place in more]
    differences += _roots(first, second)
    return DrillReport(
        len(first.files) - len(_OWN), lines, str(first.facts["log"]["root"]), tuple(differences)
    )


def _count(file: Path) -> int:
    if file.suffix != ".jsonl":
        return 0
    with file.open("rb") as stream:
        return sum(1 for _ in stream)


def _first_lines(before: Path, after: Path, place: str) -> list[Difference]:
    with before.open("rb") as old, after.open("rb") as new:
        for number, (line, other) in enumerate(zip(old, islice(new, None), strict=False), 1):
            if line != other:
                return [Difference(place, number, "differs")]
        return [Difference(place, 0, "is shorter")] if old.readline() else []


def _unlike(before: Path, after: Path, place: str) -> list[Difference]:
    """The first line that differs, and how many do; a file of a record differs as a whole."""
    if before.suffix != ".jsonl":
        return [Difference(place, 0, "differs")]
    with before.open("rb") as old, after.open("rb") as new:
        pairs = list(zip(old, new, strict=False))
    unlike = [number for number, (line, other) in enumerate(pairs, 1) if line != other]
    if not unlike:
        return [Difference(place, 0, "has another number of lines")]
    return [Difference(place, unlike[0], f"differs, and {len(unlike) - 1} more lines")]


def _roots(first: Manifest, second: Manifest) -> list[Difference]:
    """The old root has to be what the entries that came in give; the import has refused anything else."""
    old, new = first.facts["log"], second.facts["log"]
    if int(new["size"]) <= int(old["size"]):
        return [Difference("log/entries.jsonl", 0, "has no entry that continues the old log")]
    return []
