"""What Prometheus reads: the state of the installation, and what this process has counted.

Gauges are read when they are asked for, so that they are the same whichever process answers; counters and the
histogram are those of the server's own process. No label names a person, a record or an address.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError

import plumbline
from plumbline.config import Config
from plumbline.kernel import measurements
from plumbline.kernel.measurements import Family, gauge
from plumbline.telemetry.spool import spool_of
from plumbline.trail import log
from plumbline.trail.findings import queries as findings
from plumbline.work import leadership, queries
from plumbline.work.readiness import Check


def families(config: Config, checks: list[Check]) -> list[Family]:
    """Every family; without a database those that need none."""
    found = [
        gauge("plumbline_build_info", "Version that runs.", {(("version", plumbline.__version__),): 1}),
        gauge(
            "plumbline_check_ok",
            "Whether a check of /readyz passes (1) or not (0).",
            {(("check", check.name),): float(check.ok) for check in checks},
        ),
        gauge(
            "plumbline_data_free_bytes",
            "Bytes free on the volume of the data folder.",
            float(shutil.disk_usage(config.data).free),
        ),
        measurements.HTTP_DURATION.family(),
        measurements.INGESTED_EVENTS.family(),
        measurements.REFUSED_WRITES.family(),
    ]
    try:
        found += [*_log(), *_spool(config), *_workers(config), *_stages()]
    except DatabaseError:
        # `plumbline_check_ok` says that the database does not answer; a scrape without an answer would not.
        return found
    return found


def _log() -> Iterator[Family]:
    signed, scrub = log.latest_checkpoint(), findings.scrub_state()
    yield gauge("plumbline_log_entries", "Entries of the trail.", float(log.size()))
    yield gauge(
        "plumbline_log_signed_entries",
        "Entries that a signed checkpoint covers.",
        float(signed.size if signed else 0),
    )
    yield gauge(
        "plumbline_scrub_findings", "Rows that differ from what the trail commits to.", float(scrub.findings)
    )
    if scrub.finished_at is not None:
        yield gauge(
            "plumbline_scrub_finished_timestamp_seconds",
            "When everything was last compared with the trail.",
            scrub.finished_at.timestamp(),
        )


def _spool(config: Config) -> Iterator[Family]:
    spool = spool_of(config.data)
    waiting = spool.unmoved()
    yield gauge(
        "plumbline_spool_segments",
        "Segments that wait in the spool, by what they wait for.",
        {
            (("waits_for", "entry"),): float(len(spool.unlogged())),
            (("waits_for", "store"),): float(len(waiting)),
        },
    )
    yield gauge("plumbline_spool_events", "Events in the spool.", float(sum(row.count for row in waiting)))


def _workers(config: Config) -> Iterator[Family]:
    present = leadership.workers(config)
    yield gauge("plumbline_workers_leading", "Workers that lead: one, or none.", float(bool(present.leading)))
    yield gauge(
        "plumbline_workers_standing_by",
        "Workers that take over when the leader ends.",
        float(present.standing_by),
    )


def _stages() -> Iterator[Family]:
    stages = queries.health()
    yield gauge(
        "plumbline_stage_backlog",
        "What waits for a stage: entries, windows or results.",
        {(("stage", stage),): float(count) for stage, count in queries.backlog().items()},
    )
    yield gauge(
        "plumbline_stage_failures",
        "Failures of a stage in a row.",
        {(("stage", stage.stage),): float(stage.failures) for stage in stages},
    )
    for name, text, instants in (
        ("last_turn", "When a process last had the stage in hand.", {s.stage: s.last_turn for s in stages}),
        ("last_success", "When the stage last went well.", {s.stage: s.last_success for s in stages}),
    ):
        yield gauge(f"plumbline_stage_{name}_timestamp_seconds", text, _timestamps(instants))


def _timestamps(instants: dict[str, datetime | None]) -> dict[measurements.Labels, float]:
    return {(("stage", name),): at.timestamp() for name, at in instants.items() if at is not None}
