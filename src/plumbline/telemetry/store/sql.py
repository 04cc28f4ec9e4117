"""The statements of the DuckDB evidence store, one for each question of the port.

Columns and counters are declared on the row types of the port; here they become DuckDB's SQL, each under
the name of its field, so that an answer is read by name.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from plumbline.telemetry.store.columns import EVENT_KINDS, FEATURE_KINDS
from plumbline.telemetry.store.declarations import (
    Bins,
    Column,
    Count,
    Declared,
    Expression,
    Sum,
    declared,
)
from plumbline.telemetry.store.port import (
    EventRow,
    Feature,
    FeatureRow,
    FeatureValue,
    HourRow,
    SegmentRow,
    SystemSeen,
)

_TYPES: Final[dict[Any, str]] = {int: "BIGINT", float: "DOUBLE"}


def _table(kinds: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in kinds.items())


def select_list(row: type) -> str:
    """The columns of an answer that is read into ``row``."""
    return ", ".join(f'{_expression(field)} AS "{field.name}"' for field in declared(row))


def _expression(field: Declared) -> str:
    match field.declaration:
        case Column():
            return field.name
        case Expression(sql):
            return sql
        case Count(where):
            return f"count(*) FILTER ({where})"
        case Sum(of, where):
            # Without the cast DuckDB answers HUGEINT or DECIMAL, which are other types in Python.
            return f"coalesce(sum({of}) FILTER ({where}), 0)::{_TYPES[field.python]}"
        case Bins(of, edges, where):
            return f"[{', '.join(f'count(*) FILTER ({where} AND {bin_})' for bin_ in _bins(of, edges))}]"


def _bins(of: str, edges: tuple[float, ...]) -> list[str]:
    between = [f"{of} >= {low} AND {of} < {high}" for low, high in pairwise(edges)]
    return [f"{of} < {edges[0]}", *between, f"{of} >= {edges[-1]}"]


SCHEMA: Final = (
    f"CREATE TABLE IF NOT EXISTS events ({_table(EVENT_KINDS)})",
    f"CREATE TABLE IF NOT EXISTS features ({_table(FEATURE_KINDS)})",
    "CREATE TABLE IF NOT EXISTS segments"
    " (id UUID, leaf BIGINT, count INTEGER, recorded TIMESTAMP, source VARCHAR)",
    "CREATE TABLE IF NOT EXISTS mark (leaf BIGINT)",
    "INSERT INTO mark SELECT -1 WHERE NOT EXISTS (SELECT 1 FROM mark)",
    # Object arrays are text throughout; sampling them to guess a type takes longer than the insert.
    "SET pandas_analyze_sample = 0",
)

COPIES: Final = (
    "CREATE TABLE copied.events AS SELECT * FROM events WHERE leaf < ?",
    "CREATE TABLE copied.features AS SELECT * FROM features WHERE leaf < ?",
    "CREATE TABLE copied.segments AS SELECT * FROM segments WHERE leaf < ?",
    "CREATE TABLE copied.mark AS SELECT coalesce(max(leaf), -1)::BIGINT AS leaf FROM segments WHERE leaf < ?",
)
"""A copy of the store in the attached database ``copied``: everything before one leaf."""

SYSTEMS: Final = f"SELECT {select_list(SystemSeen)} FROM events GROUP BY system ORDER BY system"  # noqa: S608

TOUCHED: Final = """
SELECT DISTINCT system, hour FROM (
    SELECT system, date_trunc('hour', time) AS hour FROM events WHERE leaf > ? AND leaf <= ?
    UNION ALL
    SELECT decision.system, date_trunc('hour', decision.time) AS hour
    FROM events AS later
    JOIN events AS decision ON decision.id = later.about AND decision.system = later.system
    WHERE later.leaf > ? AND later.leaf <= ? AND later.type = 'outcome'
) ORDER BY system, hour
"""

_TRUTHS: Final = """
SELECT about, system, arg_max(truth, (time, leaf, position)) AS truth
FROM events WHERE type = 'outcome' AND about IS NOT NULL{limit} GROUP BY about, system
"""


# Touched hours are counted from all their events up to the leaf, not only from the new ones: counting
# again, or all over from nothing, then gives the same numbers.
HOURLY_EVENTS: Final = f"""
WITH truths AS ({_TRUTHS.format(limit=" AND leaf <= $until")}),
counted AS (
    SELECT e.*, hours.hour, e.type IN ('decision', 'call') AS is_inference, truths.truth AS truth_known
    FROM events AS e
    JOIN hours ON hours.system = e.system AND hours.hour = date_trunc('hour', e.time)
    LEFT JOIN truths ON e.type = 'decision' AND truths.about = e.id AND truths.system = e.system
    WHERE e.leaf <= $until AND e.time >= $first AND e.time < $last
)
SELECT {select_list(HourRow)} FROM counted GROUP BY system, hour ORDER BY system, hour
"""  # noqa: S608

HOURLY_FEATURES: Final = f"""
WITH counted AS (
    SELECT f.*, hours.hour
    FROM features AS f JOIN hours ON hours.system = f.system AND hours.hour = date_trunc('hour', f.time)
    WHERE f.leaf <= $until AND f.time >= $first AND f.time < $last
)
SELECT {select_list(FeatureRow)} FROM counted GROUP BY system, hour, name ORDER BY system, hour, name
"""  # noqa: S608

FEATURES: Final = f"""
SELECT {select_list(Feature)} FROM features WHERE system = ? GROUP BY name ORDER BY name
"""  # noqa: S608

VALUES: Final = """
SELECT number FROM features
WHERE system = ? AND name = ? AND time >= ? AND time < ? AND number IS NOT NULL ORDER BY number
"""

BINS: Final = """
WITH edges AS (SELECT ?::DOUBLE[] AS edge)
SELECT len(list_filter(edges.edge, lambda edge: edge <= number)) AS place, count(*)
FROM features, edges
WHERE system = ? AND name = ? AND time >= ? AND time < ? AND number IS NOT NULL GROUP BY place
"""

CATEGORIES: Final = """
SELECT text, count(*) FROM features
WHERE system = ? AND name = ? AND time >= ? AND time < ? AND text IS NOT NULL GROUP BY text ORDER BY text
"""

CATEGORY_BINS: Final = """
WITH kept AS (SELECT ?::VARCHAR[] AS category)
SELECT coalesce(list_position(kept.category, text), 0) AS place, count(*)
FROM features, kept
WHERE system = ? AND name = ? AND time >= ? AND time < ? GROUP BY place
"""

_PLACES: Final = {
    "DOUBLE": "len(list_filter(kept.parts, lambda edge: edge <= {value}.number))",
    "VARCHAR": "coalesce(list_position(kept.parts, {value}.text), 0)",
}
"""In which bin a value lies, by the type of what the bins are made of: edges, or categories."""
_KNOWN: Final = {"DOUBLE": "v.number IS NOT NULL", "VARCHAR": "true"}

BINS_BY_DAY: Final = {
    parts: f"""
WITH kept AS (SELECT ?::{parts}[] AS parts)
SELECT (epoch_us(v.time) - epoch_us(?::TIMESTAMP)) // 86400000000 AS day, {place.format(value="v")} AS place,
    count(*)
FROM features AS v, kept
WHERE v.system = ? AND v.name = ? AND v.time >= ? AND v.time < ? AND {_KNOWN[parts]}
GROUP BY day, place ORDER BY day
"""  # noqa: S608
    for parts, place in _PLACES.items()
}

BINS_BY_GROUP: Final = {
    parts: f"""
WITH kept AS (SELECT ?::{parts}[] AS parts)
SELECT g.text, {place.format(value="v")} AS place, count(*)
FROM features AS v JOIN features AS g ON g.event_id = v.event_id AND g.leaf = v.leaf, kept
WHERE g.name = ? AND g.text IS NOT NULL
    AND v.system = ? AND v.name = ? AND v.time >= ? AND v.time < ? AND {_KNOWN[parts]}
GROUP BY g.text, place ORDER BY g.text
"""  # noqa: S608
    for parts, place in _PLACES.items()
}

SCORES_TRUTH: Final = f"""
WITH truths AS ({_TRUTHS.format(limit="")}),
judged AS (
    SELECT e.score, e.time, e.id, CASE lower(truths.truth) WHEN 'true' THEN 1.0 WHEN 'false' THEN 0.0
        ELSE try_cast(truths.truth AS DOUBLE) END AS truth
    FROM events AS e JOIN truths ON truths.about = e.id AND truths.system = e.system
    WHERE e.system = ? AND e.time >= ? AND e.time < ? AND e.type = 'decision' AND e.score IS NOT NULL
)
SELECT score, truth::DOUBLE AS truth FROM judged WHERE truth IS NOT NULL ORDER BY time, id
"""  # noqa: S608

REVIEWERS: Final = """
SELECT count(*), count(*) FILTER (review IN ('reject', 'override', 'escalate'))
FROM events
WHERE system = ? AND time >= ? AND time < ? AND type = 'review' AND reviewer IS NOT NULL
GROUP BY reviewer ORDER BY 1 DESC, 2
"""

UNDECIDED: Final = """
WITH last AS (
    SELECT about, review, row_number() OVER (
        PARTITION BY about ORDER BY time DESC, leaf DESC, position DESC
    ) AS place
    FROM events WHERE system = ? AND type = 'review' AND about IS NOT NULL
)
SELECT count(*) FROM last WHERE place = 1 AND review = 'escalate'
"""

COUNTS: Final = """
SELECT type, count(*) FROM events WHERE system = ? AND time >= ? AND time < ? GROUP BY type ORDER BY type
"""

RECEIPTS: Final = """
SELECT max(received) AS "until", count(*) FILTER (happened AND received > $closed) AS "late" FROM (
    SELECT recorded AS received, TRUE AS happened
    FROM events WHERE system = $system AND time >= $first AND time < $last
    UNION ALL
    SELECT later.recorded AS received, FALSE AS happened
    FROM events AS later JOIN events AS decision ON decision.id = later.about
    WHERE later.type = 'outcome' AND later.system = $system AND decision.system = $system
        AND decision.time >= $first AND decision.time < $last
)
"""

_EVENT: Final = f"SELECT {select_list(EventRow)} FROM events"  # noqa: S608
EVENTS: Final = f"""
{_EVENT} WHERE system = ? AND time >= ? AND time < ? AND (?::VARCHAR IS NULL OR type = ?)
ORDER BY time, leaf, position LIMIT ?
"""
EVENT: Final = f"{_EVENT} WHERE id = ? ORDER BY leaf LIMIT 1"
FOLLOWING: Final = f"""
{_EVENT} WHERE about = ? AND system IN (SELECT system FROM events WHERE id = ?)
ORDER BY time, leaf, position LIMIT ?
"""  # noqa: S608 - put together from constants

_OF_LEAVES: Final = "WHERE leaf >= ? AND leaf < ? ORDER BY leaf"
STORED: Final = f"{_EVENT} {_OF_LEAVES}, position"
STORED_FEATURES: Final = f"SELECT {select_list(FeatureValue)} FROM features {_OF_LEAVES}"  # noqa: S608
STORED_SEGMENTS: Final = f"SELECT {select_list(SegmentRow)} FROM segments {_OF_LEAVES}"  # noqa: S608
