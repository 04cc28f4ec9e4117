"""Handing out an OSCAL document: the copy leaves an entry in the trail, then the bytes leave."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import transaction

from plumbline.identity.actors import Actor
from plumbline.kernel.problems import NotFound
from plumbline.reports.oscal.build import MODELS
from plumbline.trail import log

EXPORTED = "oscal.exported"


def export(actor: Actor, model: str, at: datetime | None = None) -> bytes:
    """The document called ``model`` in OSCAL, as JSON. Raises `NotFound` for another name, `NotAllowed`."""
    if model not in MODELS:
        raise NotFound("There is no OSCAL document of this name.")
    content = json.dumps(MODELS[model](actor, at), ensure_ascii=False, indent=2).encode() + b"\n"
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        log.append(
            EXPORTED, actor=actor.id, subject={"kind": "oscal", "ref": model}, facts={"sha256": digest}
        )
    return content
