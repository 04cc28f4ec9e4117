"""OSCAL and CycloneDX over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse

from plumbline.api.operations import JSON_TYPE, REFERENCE, Answer, Call, Operation, Reply
from plumbline.api.records import AS_OF, instant
from plumbline.reports import ml_bom
from plumbline.reports.oscal import commands as oscal
from plumbline.reports.oscal.build import MODELS

TAG = "reports"


def _oscal(model: str, call: Call) -> Answer:
    return Answer(
        response=HttpResponse(oscal.export(call.actor, model, instant(call)), content_type=JSON_TYPE)
    )


def _ml_bom(call: Call) -> Answer:
    content = ml_bom.export(call.actor, call.pieces["reference"], instant(call))
    return Answer(response=HttpResponse(content, content_type=ml_bom.TYPE))


def operations() -> Iterator[Operation]:
    """The four documents of OSCAL, and the ML-BOM of a system."""
    for model in MODELS:
        words = model.replace("-", " ")
        yield Operation(
            "GET", f"/oscal/{model}", f"export{words.title().replace(' ', '')}Oscal",
            f"The {words} in OSCAL 1.2.1", partial(_oscal, model), tag=TAG, query=(AS_OF,), problems=(422,),
            replies={200: Reply("Valid against the schema of OSCAL.", {"type": "object"})},
            text="The copy leaves an entry in the trail. The other three name the catalog as `catalog.json`.",
        )  # fmt: skip
    yield Operation(
        "GET", "/ml-boms/{reference}", "exportMlBom", "The ML-BOM of an AI system in CycloneDX 1.6", _ml_bom,
        tag=TAG, pieces={"reference": REFERENCE}, query=(AS_OF,), problems=(404, 422),
        replies={200: Reply("Models, parts, data and suppliers.", {"type": "object"}, ml_bom.TYPE)},
        text="The copy leaves an entry in the trail.",
    )  # fmt: skip
