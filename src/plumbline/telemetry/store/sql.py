"""The statements of the DuckDB evidence store, one for each question of the port."""

from __future__ import annotations

from typing import Final

from plumbline.telemetry.store.columns import EVENT_COLUMNS, FEATURE_COLUMNS
from plumbline.telemetry.store.port import LATENCY_EDGES


def _columns(kinds: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in kinds.items())


SCHEMA: Final = (
    f"CREATE TABLE IF NOT EXISTS events ({_columns(EVENT_COLUMNS)})",
    f"CREATE TABLE IF NOT EXISTS features ({_columns(FEATURE_COLUMNS)})",
    "CREATE TABLE IF NOT EXISTS segments"
    " (id UUID, leaf BIGINT, count INTEGER, recorded TIMESTAMP, source VARCHAR)",
    "CREATE TABLE IF NOT EXISTS mark (leaf BIGINT)",
    "INSERT INTO mark SELECT -1 WHERE NOT EXISTS (SELECT 1 FROM mark)",
    "SET pandas_analyze_sample = 0",
)

SYSTEMS: Final = """
SELECT system, count(*), min(time), max(time), min(leaf) FROM events GROUP BY system ORDER BY system
"""

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


def _latency_bins() -> str:
    lows: tuple[float | None, ...] = (None, *LATENCY_EDGES)
    highs: tuple[float | None, ...] = (*LATENCY_EDGES, None)
    bins = []
    for low, high in zip(lows, highs, strict=True):
        limits = [f"latency_ms >= {low}"] if low is not None else []
        limits += [f"latency_ms < {high}"] if high is not None else []
        bins.append(f"count(*) FILTER (did AND {' AND '.join(limits)})")
    return ", ".join(bins)


HOURLY_EVENTS: Final = f"""
WITH truths AS ({_TRUTHS.format(limit=" AND leaf <= $until")}),
own AS (
    SELECT e.*, hours.hour, e.type IN ('decision', 'call') AS did, truths.truth AS known
    FROM events AS e
    JOIN hours ON hours.system = e.system AND hours.hour = date_trunc('hour', e.time)
    LEFT JOIN truths ON e.type = 'decision' AND truths.about = e.id AND truths.system = e.system
    WHERE e.leaf <= $until AND e.time >= $first AND e.time < $last
)
SELECT system, hour,
    count(*) FILTER (type <> 'span'), count(*) FILTER (type = 'decision'), count(*) FILTER (type = 'call'),
    count(*) FILTER (did AND is_error),
    count(latency_ms) FILTER (did), coalesce(sum(latency_ms) FILTER (did), 0)::DOUBLE,
    coalesce(sum(tokens_in) FILTER (did), 0)::BIGINT, coalesce(sum(tokens_out) FILTER (did), 0)::BIGINT,
    count(*) FILTER (type = 'review'), count(*) FILTER (type = 'review' AND review = 'override'),
    count(*) FILTER (known IS NOT NULL AND outcome IS NOT NULL), count(*) FILTER (known = outcome),
    count(*) FILTER (type = 'review' AND review IN ('reject', 'override', 'escalate')),
    {_latency_bins()}
FROM own GROUP BY system, hour ORDER BY system, hour
"""  # noqa: S608

HOURLY_FEATURES: Final = """
SELECT f.system, hours.hour, f.name,
    count(f.number), coalesce(sum(f.number), 0), coalesce(sum(f.number * f.number), 0),
    coalesce(min(f.number), 0), coalesce(max(f.number), 0), count(f.text)
FROM features AS f JOIN hours ON hours.system = f.system AND hours.hour = date_trunc('hour', f.time)
WHERE f.leaf <= $until AND f.time >= $first AND f.time < $last
GROUP BY f.system, hours.hour, f.name ORDER BY f.system, hours.hour, f.name
"""

FEATURES: Final = """
SELECT name, count(number), count(text) FROM features WHERE system = ? GROUP BY name ORDER BY name
"""

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

COUNTS: Final = """
SELECT type, count(*) FROM events WHERE system = ? AND time >= ? AND time < ? GROUP BY type ORDER BY type
"""

_EVENT: Final = f"SELECT {', '.join(EVENT_COLUMNS)} FROM events"  # noqa: S608
EVENTS: Final = f"""
{_EVENT} WHERE system = ? AND time >= ? AND time < ? AND (?::VARCHAR IS NULL OR type = ?)
ORDER BY time, leaf, position LIMIT ?
"""
EVENT: Final = f"{_EVENT} WHERE id = ? ORDER BY leaf LIMIT 1"
FOLLOWING: Final = f"""
{_EVENT} WHERE about = ? AND system IN (SELECT system FROM events WHERE id = ?)
ORDER BY time, leaf, position LIMIT ?
"""  # noqa: S608 - put together from constants
