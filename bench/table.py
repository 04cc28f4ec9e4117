"""The frame of the benches: what a bench declares, how it is measured, and the one table they fill.

A bench measures one promise of the product as two pieces of work, *here* and an *anchor*, run in turns in the
same minute on the same machine. The anchor does the same work with as little as one could do it with (a bare
insert, a bare query, the shell of a page), so that the ratio says what the product adds and carries over to
another machine. A bench is a script that calls `run` with a function yielding a `Row` for each of its
promises:

    def rows(scale: Scale) -> Iterator[Row]:
        here, anchor = compare(save_one, insert_one, scale.repetitions)
        yield Row("save one record", "bare insert", here, anchor, Promise("ratio", 5))

    if __name__ == "__main__":
        run(rows)

Only the standard library is imported here: `bench/all.py` reads the rows of a script from its standard
output, and each script makes an installation of its own, which a process can do only once.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

REPETITIONS = 15
QUICK_REPETITIONS = 3


@dataclass(frozen=True)
class Scale:
    """How much to measure. ``share`` scales the sizes of the data: 1 for the table, less for a trial.

    ``postgresql`` asks for the governance data on PostgreSQL, for benches that have any.
    """

    repetitions: int = REPETITIONS
    share: float = 1.0
    postgresql: bool = False

    def size(self, full: int, least: int = 1) -> int:
        """A number of rows, scaled."""
        return max(round(full * self.share), least)


@dataclass(frozen=True)
class Cost:
    """What a piece of work takes: the median, and the median of its CPU time where that is known.

    ``unit`` is ``ms`` for times, else a unit in which more is worse too, such as ``MB``.
    """

    value: float
    cpu: float | None = None
    unit: str = "ms"

    def __str__(self) -> str:
        cpu = "" if self.cpu is None else f" ({_short(self.cpu)} CPU)"
        return f"{_short(self.value)} {self.unit}{cpu}"


Measured = Literal["ratio", "cpu ratio", "value", "cpu"]


@dataclass(frozen=True)
class Promise:
    """The most that a figure of the row may be.

    ``ratio`` is here over anchor in wall time, ``cpu ratio`` the same in CPU time, which other work on the
    machine hardly changes; ``value`` and ``cpu`` are what it takes here, in the unit of the row.
    """

    figure: Measured
    most: float


@dataclass(frozen=True)
class Row:
    """One line of the table. ``promise`` is ``None`` for what is shown beside a promise and not judged."""

    work: str
    anchored_in: str
    here: Cost
    anchor: Cost | None = None
    promise: Promise | None = None

    @property
    def ratio(self) -> float | None:
        """Here over anchor, by CPU time where the promise is about it."""
        by_cpu = self.promise is not None and self.promise.figure == "cpu ratio"
        return self._over(by_cpu=by_cpu)

    def _over(self, *, by_cpu: bool) -> float | None:
        if self.anchor is None:
            return None
        here = self.here.cpu if by_cpu else self.here.value
        anchor = self.anchor.cpu if by_cpu else self.anchor.value
        return here / anchor if here is not None and anchor else None

    @property
    def judged(self) -> float | None:
        """The figure that the promise is about."""
        if self.promise is None:
            return None
        if self.promise.figure in {"ratio", "cpu ratio"}:
            return self.ratio
        return self.here.value if self.promise.figure == "value" else self.here.cpu

    @property
    def is_kept(self) -> bool:
        """Whether the promise is kept. A figure that could not be measured keeps none."""
        if self.promise is None:
            return True
        return self.judged is not None and self.judged <= self.promise.most

    def cells(self) -> tuple[str, ...]:
        """The row as text: work, anchor, here, ratio, promise."""
        ratio = "" if self.ratio is None else f"{_short(self.ratio)} ×"
        anchor = f"{self.anchored_in}: {self.anchor}" if self.anchor is not None else self.anchored_in
        return self.work, anchor, str(self.here), ratio, self._promise()

    def _promise(self) -> str:
        if self.promise is None:
            return ""
        unit = "×" if self.promise.figure in {"ratio", "cpu ratio"} else self.here.unit
        of_cpu = " CPU" if self.promise.figure in {"cpu", "cpu ratio"} else ""
        return f"at most {_short(self.promise.most)} {unit}{of_cpu}{'' if self.is_kept else '  BROKEN'}"


HEADINGS = ("work", "anchor", "here", "ratio", "promise")


def _short(value: float) -> str:
    """Three digits are more than a bench can promise."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


Clock = Callable[[], float]


def time_once(work: Callable[[], object], cpu: Clock = time.process_time) -> tuple[float, float]:
    """Milliseconds of wall and CPU time of one run. ``cpu`` reads seconds, of another process if need be."""
    gc.collect()  # so that a run does not pay for what the one before left behind
    begun, used = time.perf_counter(), cpu()
    work()
    return (time.perf_counter() - begun) * 1000, (cpu() - used) * 1000


def median_cost(times: Sequence[tuple[float, float]]) -> Cost:
    """The medians of wall and CPU time."""
    return Cost(statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times))


def compare(
    here: Callable[[], object],
    anchor: Callable[[], object],
    repetitions: int,
    *,
    here_cpu: Clock = time.process_time,
    anchor_cpu: Clock = time.process_time,
) -> tuple[Cost, Cost]:
    """Median costs of both, run in turns, so that what else the machine does falls on both alike.

    The first run of each is not counted: it pays for caches, imports and pages that the file does not have
    yet. The median stands for the run that somebody will see; the best of many is one that nobody will.
    """
    pairs = [(time_once(here, here_cpu), time_once(anchor, anchor_cpu)) for _ in range(repetitions + 1)][1:]
    return median_cost([pair[0] for pair in pairs]), median_cost([pair[1] for pair in pairs])


def run(rows: Callable[[Scale], Iterable[Row]]) -> None:
    """The main function of a bench: print its table, or its rows as JSON; exit with 1 when one is broken."""
    options = argparse.ArgumentParser(description=(sys.modules["__main__"].__doc__ or "").split("\n\n")[0])
    options.add_argument("--repetitions", type=int, default=REPETITIONS)
    options.add_argument(
        "--quick", action="store_true", help="three repetitions of a twentieth: does it run?"
    )
    options.add_argument("--postgresql", action="store_true")
    options.add_argument("--json", action="store_true", help="one row a line, for bench/all.py")
    given = options.parse_args()
    scale = (
        Scale(QUICK_REPETITIONS, 0.05, given.postgresql)
        if given.quick
        else Scale(given.repetitions, 1.0, given.postgresql)
    )
    kept = True
    found = []
    for row in rows(scale):
        kept = kept and row.is_kept
        if given.json:
            print(json.dumps(asdict(row)), flush=True)
        found.append(row)
    if not given.json:
        print("\n".join(lines(found)))
    raise SystemExit(0 if kept else 1)


def read(line: str) -> Row:
    """The row that `run` printed as JSON."""
    found = json.loads(line)
    for name in ("here", "anchor"):
        found[name] = Cost(**found[name]) if found[name] else None
    found["promise"] = Promise(**found["promise"]) if found["promise"] else None
    return Row(**found)


def lines(rows: Sequence[Row]) -> Iterator[str]:
    """The table as lines of text."""
    every = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(cells[column]) for cells in every) for column in range(len(HEADINGS))]
    for place, cells in enumerate(every):
        yield "  ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True)).rstrip()
        if place == 0:
            yield "  ".join("-" * width for width in widths)
