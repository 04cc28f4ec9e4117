"""The ML-BOM of one AI system (CycloneDX 1.6): its models, other parts, data and suppliers."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

import plumbline
from plumbline.identity import policy
from plumbline.identity.actors import Actor
from plumbline.identity.organization import queries as organization
from plumbline.kernel import clock
from plumbline.kernel.canonical import JSON
from plumbline.kernel.clock import rfc3339
from plumbline.kernel.problems import NotFound
from plumbline.records import kinds, read_log
from plumbline.records import queries as records
from plumbline.records import values as plain_values
from plumbline.reports import queries
from plumbline.trail import keys, log

SYSTEM, COMPONENT, DATASET, SUPPLIER = "ai-system", "component", "dataset", "supplier"
EXPORTED = "ml-bom.exported"
TYPE = "application/vnd.cyclonedx+json"
_TYPES: Mapping[str, str] = {
    "model": "machine-learning-model", "prompt": "file", "tool": "application", "service": "application",
    "agent": "application", "server": "application",
    "rules": "file", "index": "data", "software": "library", "computing": "platform",
}  # fmt: skip
"""What our types of parts are called there."""
Row = Mapping[str, Any]


def export(actor: Actor, reference: str, at: datetime | None = None) -> bytes:
    """The ML-BOM as JSON; the copy leaves an entry in the trail. Raises `NotFound` and `NotAllowed`."""
    found = build(actor, reference, at)
    content = json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n"
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        log.append(
            EXPORTED,
            actor=actor.id,
            subject={"kind": SYSTEM, "ref": reference.upper()},
            facts={"sha256": digest},
        )
    return content


def build(actor: Actor, reference: str, at: datetime | None = None) -> dict[str, JSON]:
    """What the records say of the parts of a system, now or at ``at``, as far as ``actor`` may see them."""
    if kinds.of_reference(reference).slug != SYSTEM:
        raise NotFound("Only an AI system has a bill of materials.")
    policy.require(actor, "export", kind=SYSTEM, anywhere=True)
    now, system = at or clock.now(), _whole(actor, reference, at)
    name = system["reference"]
    parts = [row for row in _seen(actor, COMPONENT, at) if name in row["systems"]]
    used = {dataset for part in parts for dataset in part["datasets"]}
    data = [row for row in _seen(actor, DATASET, at) if name in row["systems"] or row["reference"] in used]
    suppliers = {row["reference"]: row["title"] for row in _seen(actor, SUPPLIER, at)}
    known = {row["reference"] for row in data}
    dependencies: list[JSON] = [
        {"ref": name, "dependsOn": sorted(row["reference"] for row in (*parts, *data))}
    ]
    dependencies += [
        {"ref": part["reference"], "dependsOn": sorted(known.intersection(part["datasets"]))}
        for part in parts
    ]
    seed = f"{keys.vkey()} {name} {rfc3339(now)}"
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, seed).urn,
        "version": 1,
        "metadata": {
            "timestamp": rfc3339(now),
            "tools": {
                "components": [{"type": "application", "name": "Plumbline", "version": plumbline.__version__}]
            },
            "manufacturer": {"name": organization.current().organization},
            "component": _component(system, "application", suppliers),
        },
        "components": [
            *(_part(part, known, suppliers) for part in parts),
            *(_dataset(row, suppliers) for row in data),
        ],
        "dependencies": dependencies,
    }


def _whole(actor: Actor, reference: str, at: datetime | None) -> dict[str, Any]:
    """The values of one record as it is or was."""
    record, kind = records.find(actor, reference)
    shot = plain_values.snapshot(record, kind) if at is None else records.as_of(actor, record.reference, at)
    return {**shot["values"], "reference": record.reference, "revision": shot["revision"]}


def _seen(actor: Actor, slug: str, at: datetime | None) -> list[dict[str, Any]]:
    """The records of a kind that ``actor`` may see and that are not retired."""
    if not kinds.exists(slug):
        return []
    seen = queries.visible_references(actor, slug)
    rows = [
        row for row in records.claimed(slug, at) if row["reference"] in seen and row["state"] != "retired"
    ]
    read_log.of_list(actor, kinds.get(slug), len(rows))
    return sorted(rows, key=lambda row: str(row["reference"]))


def _component(row: Row, kind: str, suppliers: Mapping[str, str]) -> dict[str, JSON]:
    found: dict[str, JSON] = {"type": kind, "bom-ref": row["reference"], "name": row["title"]}
    if row.get("version"):
        found["version"] = row["version"]
    if row.get("purpose") or row.get("content"):
        found["description"] = row.get("purpose") or row["content"]
    if row.get("supplier") in suppliers:
        found["supplier"] = {"name": suppliers[row["supplier"]], "bom-ref": f"{row['reference']}-supplier"}
    if row.get("digest"):
        found["hashes"] = [{"alg": "SHA-256", "content": row["digest"]}]
    if row.get("licence"):
        found["licenses"] = [{"license": {"name": row["licence"]}}]
    found["properties"] = [{"name": name, "value": value} for name, value in _properties(row)]
    return found


def _properties(row: Row) -> Iterator[tuple[str, str]]:
    yield "plumbline:record", f"{row['reference']} revision {row['revision']}"
    for name in ("origin", "place", "rights", "lineage", "supported_until"):
        if row.get(name):
            yield f"plumbline:{name}", str(row[name])


def _part(row: Row, data: set[str], suppliers: Mapping[str, str]) -> dict[str, JSON]:
    found = _component(row, _TYPES.get(row["type"], "application"), suppliers)
    if row["type"] != "model":
        return found
    card: dict[str, JSON] = {}
    used = sorted(data.intersection(row["datasets"]))
    if used:
        card["modelParameters"] = {"datasets": [{"ref": name} for name in used]}
    considerations: dict[str, JSON] = {}
    if row["purpose"]:
        considerations["useCases"] = [row["purpose"]]
    if row["limits_of_use"]:
        considerations["technicalLimitations"] = [row["limits_of_use"]]
    if considerations:
        card["considerations"] = considerations
    return {**found, "modelCard": card} if card else found


def _dataset(row: Row, suppliers: Mapping[str, str]) -> dict[str, JSON]:
    found = _component(row, "data", suppliers)
    described: dict[str, JSON] = {"type": "dataset", "name": row["title"], "description": row["content"]}
    if row["data_classes"]:
        described["sensitiveData"] = list(row["data_classes"])
    return {**found, "data": [described]}
