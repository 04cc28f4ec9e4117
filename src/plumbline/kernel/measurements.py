"""Counters and histograms of one process, and the text in which Prometheus reads them.

Names follow https://prometheus.io/docs/practices/naming/ (base units, ``_total`` for counters), the text is
the exposition format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/). Label values come
from short lists in the code and never from a request: every new value is a new series for good.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

Labels = tuple[tuple[str, str], ...]
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds, those of the Prometheus client libraries."""


@dataclass(frozen=True)
class Family:
    """One metric: its name, type and meaning, and its samples (suffix of the name, labels, value)."""

    name: str
    kind: str
    text: str
    samples: tuple[tuple[str, Labels, float], ...]


def gauge(name: str, text: str, values: Mapping[Labels, float] | float) -> Family:
    """A value that goes up and down."""
    rows = values if isinstance(values, Mapping) else {(): values}
    return Family(name, "gauge", text, tuple(("", labels, value) for labels, value in rows.items()))


@dataclass
class Counter:
    """A number that only grows while the process lives. Its name ends in ``_total``."""

    name: str
    text: str
    _values: dict[Labels, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, amount: float = 1, **labels: str) -> None:
        """Count ``amount`` more."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            self._values[key] = self._values.get(key, 0) + amount

    def family(self) -> Family:
        """What it has counted."""
        with self._lock:
            rows = tuple(("", labels, value) for labels, value in sorted(self._values.items()))
        return Family(self.name, "counter", self.text, rows)


@dataclass
class Histogram:
    """How many observations lie at or below each bound of `BUCKETS`, and their sum, in seconds."""

    name: str
    text: str
    _counts: dict[Labels, list[int]] = field(default_factory=dict)
    _sums: dict[Labels, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def observe(self, seconds: float, **labels: str) -> None:
        """Count one observation."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            counts = self._counts.setdefault(key, [0] * (len(BUCKETS) + 1))
            counts[bisect_left(BUCKETS, seconds)] += 1
            self._sums[key] = self._sums.get(key, 0.0) + seconds

    def family(self) -> Family:
        """What it has observed; buckets are cumulative."""
        rows: list[tuple[str, Labels, float]] = []
        with self._lock:
            for labels, counts in sorted(self._counts.items()):
                total = 0
                for bound, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
                    total += count
                    rows.append(("_bucket", (*labels, ("le", bound)), total))
                rows += [("_sum", labels, self._sums[labels]), ("_count", labels, total)]
        return Family(self.name, "histogram", self.text, tuple(rows))


def exposition(families: Iterable[Family]) -> str:
    """The families in the text format; one without samples is left out."""
    return "".join(line for family in families if family.samples for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    text = family.text.replace("\\", "\\\\").replace("\n", "\\n")
    yield f"# HELP {family.name} {text}\n# TYPE {family.name} {family.kind}\n"
    for suffix, labels, value in family.samples:
        pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{family.name}{suffix}{'{' + pairs + '}' if pairs else ''} {value:.17g}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


HTTP_DURATION: Final = Histogram(
    "plumbline_http_request_duration_seconds", "Time from a request to the end of its answer, by door."
)
INGESTED_EVENTS: Final = Counter(
    "plumbline_ingest_events_total", "Events that came to the ingest doors, by what became of them."
)
REFUSED_WRITES: Final = Counter(
    "plumbline_refused_writes_total", "Writes refused because the log takes no entries, by its reason."
)
