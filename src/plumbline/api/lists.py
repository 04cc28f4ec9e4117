"""All lists in one file over HTTP: out, and in with a preview of every list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse

from plumbline.api import parsing
from plumbline.api.imports import JOB, TAG, plain
from plumbline.api.operations import Answer, Body, Call, Operation, Reply
from plumbline.api.schemas import COUNT, FLAG, TEXT, listed, maybe, thing, words
from plumbline.imports.together import archive, commands, queries
from plumbline.kernel.problems import Fault, Invalid

HANDLE = {"handle": "lst_[0-9a-f]{20}"}
LISTS = thing(
    id=TEXT, file=TEXT, state=words("previewed", "running", "waiting", "stopped", "done", "discarded"),
    blocked=maybe(TEXT), lists=listed(thing(**JOB["properties"], again=FLAG, awaited=COUNT)),
)  # fmt: skip
FORM = {
    "type": "object",
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "What /lists/csv.zip has written."}
    },
    "required": ["file"],
    "additionalProperties": False,
}


def _everything(ending: str, call: Call) -> Answer:
    blocks = archive.blocks(archive.write(call.actor, ending))
    response = StreamingHttpResponse(blocks, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="lists-{ending}.zip"'
    return Answer(response=response)


def _shown(view: queries.ListsView) -> dict[str, Any]:
    return {
        "id": view.handle,
        "file": view.file_name,
        "state": view.state,
        "blocked": view.blocked.job.handle if view.blocked is not None else None,
        "lists": [{**plain(one.job), "again": one.again, "awaited": one.awaited} for one in view.lists],
    }


def _upload(call: Call) -> Answer:
    fields, files = parsing.multipart(call.request, settings.PLUMBLINE.upload_limit)
    faults = [Fault("form", "has parts that this form does not know", "leave them out")] if fields else []
    if set(files) != {"file"}:
        faults.append(Fault("file", "is missing", "send the ZIP archive as the file part of the form"))
    if faults:
        raise Invalid("The file was not taken.", faults)
    name, content = files["file"]
    handle = commands.keep(call.actor, content, name)
    return Answer(_shown(queries.view(call.actor, handle)), 201, {"Location": f"/api/v1/lists/{handle}"})


def _read(call: Call) -> Answer:
    return Answer(_shown(queries.view(call.actor, call.pieces["handle"])))


def _confirm(call: Call) -> Answer:
    view = commands.confirm(call.actor, call.pieces["handle"])
    return Answer(_shown(view), 202, {"Location": f"/api/v1/lists/{view.handle}"})


def _discard(call: Call) -> Answer:
    commands.discard(call.actor, call.pieces["handle"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Out, in with a preview, progress, confirmation, and giving them up."""
    for ending in archive.ENDINGS:
        yield Operation(
            "GET", f"/lists/{ending}.zip", f"exportAllLists{ending.capitalize()}",
            f"All lists you may export, {ending.upper()} in a ZIP", partial(_everything, ending), tag=TAG,
            replies={200: Reply("A file for each list, and index.json in the order of import.",
                                {"type": "string", "format": "binary"}, "application/zip")},
            text="Each list leaves an entry in the trail. `POST /lists` takes the file in.",
        )  # fmt: skip
    yield Operation(
        "POST", "/lists", "planLists", "Upload a file with all lists; nothing is written yet", _upload,
        tag=TAG, body=Body({"multipart/form-data": FORM}), problems=(400, 413, 415, 422),
        replies={201: Reply("What each list would do.", LISTS, headers={"Location": "Its address."})},
        text="Each list is an import of its own: its rows, summary and acts are at its id below `/imports`."
             " It is planned once more when its turn comes. `again`: the second time, with links.",
    )  # fmt: skip
    yield Operation(
        "GET", "/lists/{handle}", "readLists", "How far the lists of a file are", _read, tag=TAG,
        pieces=HANDLE,
        replies={200: Reply("The lists in their order; `blocked` is the one that others wait for.", LISTS)},
    )  # fmt: skip
    yield Operation(
        "POST", "/lists/{handle}/confirmation", "confirmLists", "Have the lists of a file written in order",
        _confirm, tag=TAG, pieces=HANDLE, problems=(409,),
        replies={202: Reply("They are being written.", LISTS, headers={"Location": "Where to watch them."})},
    )  # fmt: skip
    yield Operation(
        "DELETE", "/lists/{handle}", "discardLists", "Give up the lists of a file that were not begun",
        _discard, tag=TAG, pieces=HANDLE, problems=(409,), replies={204: Reply("They are gone.")},
    )  # fmt: skip
