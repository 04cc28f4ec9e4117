"""Import of a register over HTTP: upload with a map, look at the preview, confirm, watch it being written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse

from plumbline.api import import_differences, parsing
from plumbline.api.operations import JSON_TYPE, Answer, Body, Call, Operation, Parameter, Reply
from plumbline.api.records import PAGE, SIZE
from plumbline.api.schemas import ANYTHING, COUNT, FLAG, HEX, INSTANT, TEXT, listed, maybe, page, thing, words
from plumbline.imports import commands, plan, queries, reading, reading_words, rejects, summary, targets
from plumbline.imports.batch import commands as batch
from plumbline.imports.batch import handover
from plumbline.imports.choices import commands as choices
from plumbline.imports.map_yaml import MAP_LIMIT
from plumbline.imports.mapping import READING_WORDS
from plumbline.imports.notices import SORTS
from plumbline.imports.remembered import queries as remembered
from plumbline.imports.suggested import suggestion
from plumbline.imports.withdrawal import commands as withdrawal
from plumbline.kernel import clock
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid

TAG = "imports"
HANDLE = {"handle": "imp_[0-9a-f]{20}"}
STATES = ("uploaded", "previewed", "queued", "running", "done", "stopped", "discarded")
JOB = thing(
    id=TEXT, kind=TEXT, file=TEXT, sha256=HEX, encoding=TEXT, state=words(*STATES), error=TEXT,
    counts=thing(**dict.fromkeys(plan.OUTCOMES, COUNT)), to_write=COUNT, written=COUNT, created=INSTANT,
    confirmed=maybe(INSTANT), finished=maybe(INSTANT), withdrawn=maybe(INSTANT), importer=TEXT, assignee=TEXT,
    kept=listed(TEXT), second_person=TEXT,
)  # fmt: skip
FOUND = thing(
    format=TEXT, kind=TEXT, sheet=TEXT, path=TEXT, header_row=COUNT, header_rows=COUNT, encoding=TEXT,
    delimiter=TEXT, rows=COUNT, map=TEXT, columns=listed(TEXT), endings=listed(COUNT), notices=listed(TEXT),
    tables=listed(thing(name=TEXT, rows=maybe(COUNT), hidden=FLAG)),
)  # fmt: skip
ONE = thing(**JOB["properties"], incomplete=COUNT)
PLANNED = thing(**JOB["properties"], found=FOUND)
SAID = thing(
    sort=words("refused", "staying", *SORTS),
    column=TEXT,
    field=TEXT,
    text=TEXT,
    message=TEXT,
    remedy=TEXT,
    chosen=FLAG,
)
"""One thing about a row: what became of a text of the file, and why."""
ACCOUNT = thing(
    counts=ANYTHING, columns=listed(ANYTHING), reasons_in_all=COUNT,
    reasons=listed(thing(sort=TEXT, column=TEXT, field=TEXT, message=TEXT, remedy=TEXT, rows=COUNT,
                         lines=listed(COUNT), texts=listed(TEXT))),
    unused_columns=listed(TEXT), likely_doubles_in_all=COUNT,
    likely_doubles=listed(thing(line=COUNT, title=TEXT, reference=TEXT)), no_longer_in_the_file=listed(TEXT),
    dates=listed(thing(field=TEXT, column=TEXT, order=TEXT, known=TEXT, example=TEXT)), restated=COUNT,
)  # fmt: skip
WITHDRAWAL = thing(
    taken_back=COUNT, links=COUNT, left=COUNT, staying=listed(thing(reference=TEXT, message=TEXT))
)
ROW = thing(
    line=COUNT, outcome=words(*plan.OUTCOMES), title=TEXT, key=TEXT, reference=TEXT, repeats=maybe(COUNT),
    set_aside=listed(TEXT), written=FLAG, faults=listed(SAID), notices=listed(SAID),
    values=ANYTHING, fields=listed(TEXT), stated=listed(thing(about=TEXT, column=TEXT, text=TEXT)),
)  # fmt: skip
FORM = {
    "type": "object",
    "properties": {
        "kind": {
            "type": "string",
            "description": "Kind of record; the map's, or what the file says, unless given.",
        },
        "map": {
            "type": "string",
            "description": "The map, as YAML. Exports of ours and files of published formats need none.",
        },
        "file": {"type": "string", "format": "binary", "description": "The register, in any format."},
    },
    "required": ["file"],
    "additionalProperties": False,
}
FORM["properties"]["again"] = {  # type: ignore[index]  # a dictionary
    "type": "string",
    "description": "yes: the map of the newest import of a file with the same columns, where none is sent.",
}
FORM["properties"] |= {  # type: ignore[operator]  # a dictionary
    name: {"type": "string", "description": f"The word {name} of the map, in its place."}
    for name in READING_WORDS
}


def plain(view: queries.JobView) -> dict[str, Any]:
    """An import as the API shows it (`JOB`)."""

    def instant(value: Any) -> str | None:
        return clock.rfc3339(value) if value is not None else None

    return {
        "id": view.handle,
        "kind": view.kind.slug,
        "file": view.file_name,
        "sha256": view.file_sha256,
        "encoding": view.encoding,
        "state": view.state,
        "error": view.error,
        "counts": view.counts,
        "to_write": view.to_write,
        "written": view.written,
        "created": instant(view.created_at),
        "confirmed": instant(view.confirmed_at),
        "finished": instant(view.finished_at),
        "withdrawn": instant(view.withdrawn_at),
        "importer": view.importer,
        "assignee": view.assignee,
        "kept": list(view.kept),
        "second_person": str(handover.second_person(view)),
    }


def _list(call: Call) -> Answer:
    return Answer([plain(view) for view in queries.jobs(call.actor)])


def _upload(call: Call) -> Answer:
    fields, files = parsing.multipart(call.request, settings.PLUMBLINE.upload_limit + 2 * MAP_LIMIT)
    faults = [
        Fault(
            name if name.isascii() and name.isidentifier() else "form",
            "is not a part of this form",
            "leave it out",
        )
        for name in (*fields, *files)
        if name not in FORM["properties"]  # type: ignore[operator]  # a dictionary
    ]
    if "map" in files:
        name, content = files.pop("map")
        fields["map"] = content.decode("utf-8", "replace")
    said = suggestion.kind_said(reading.read(files["file"][1])) if "file" in files and not faults else None
    if "map" not in fields and not fields.get("kind"):
        fields["kind"] = said.slug if said else ""
    if "map" not in fields and not fields["kind"]:
        remedy = "send it as a part of the form; only an export needs no map, and then its kind"
        faults.append(Fault("map", "is missing", remedy))
    if "file" not in files:
        faults.append(Fault("file", "is missing", "send the register as a file part of the form"))
    if faults:
        raise Invalid("The file was not taken.", faults)
    name, content = files["file"]
    words = {name: fields[name] for name in READING_WORDS if name in fields}
    if fields.pop("again", "") == "yes" and not fields.get("map"):
        fields["map"] = remembered.of_file(call.actor, targets.get(fields.get("kind", "")), content).map_text
    map_text = reading_words.with_words(fields.get("map", ""), words)
    made = plan.plan_file(call.actor, fields.get("kind", ""), content, map_text)
    view = commands.keep(call.actor, made, name)
    answer = {**plain(view), "found": reading_words.found(made.sheet)}
    return Answer(answer, 201, {"Location": f"/api/v1/imports/{view.handle}"})


def _read(call: Call) -> Answer:
    handle = call.pieces["handle"]
    answer = plain(queries.job(call.actor, handle))
    return Answer({**answer, "incomplete": queries.incomplete(call.actor, handle)})


def _rows(call: Call) -> Answer:
    number, size, outcome = call.number("page", 1), call.number("size", 25), call.query.get("outcome", "")
    if not 1 <= number <= 100_000 or not 1 <= size <= 1_000:
        raise Invalid(
            "There is no such page.", [Fault("page", "is out of range", "page from 1, size 1 to 1000")]
        )
    if outcome and outcome not in plan.OUTCOMES:
        raise Invalid(
            "The list was not made.",
            [
                Fault(
                    "outcome",
                    "is not known",
                    say("fault.one-of", "one of: {names}", names=", ".join(plan.OUTCOMES)),
                )
            ],
        )
    found, total = queries.rows(call.actor, call.pieces["handle"], outcome=outcome, page=number, size=size)
    items = []
    for row in found:
        shown = asdict(replace(row, faults=(), notices=(), values={}))
        shown |= {"faults": _said(row.faults), "notices": _said(row.notices), "values": row.values}
        shown["stated"] = [asdict(one) for one in row.stated]
        del shown["outcome_label"]
        items.append(shown)
    return Answer({"items": items, "page": number, "size": size, "total": total, "capped": False})


def _said(faults: Iterable[queries.FaultView]) -> list[dict[str, str | bool]]:
    return [
        {
            "sort": fault.sort,
            "column": fault.column,
            "field": fault.field,
            "text": fault.text,
            "message": str(fault.message),
            "remedy": str(fault.remedy),
            "chosen": fault.chosen,
        }
        for fault in faults
    ]


def _summary(call: Call) -> Answer:
    return Answer(summary.as_json(queries.job(call.actor, call.pieces["handle"]).summary, plain=True))


def _faulty(call: Call) -> Answer:
    chunks = rejects.faulty_csv(call.actor, call.pieces["handle"])
    response = StreamingHttpResponse(
        (chunk.encode() for chunk in chunks), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="faulty.csv"'
    return Answer(response=response)


def _confirm(call: Call) -> Answer:
    view = commands.confirm(call.actor, call.pieces["handle"])
    return Answer(plain(view), 202, {"Location": f"/api/v1/imports/{view.handle}"})


def _stop(call: Call) -> Answer:
    return Answer(plain(batch.stop(call.actor, call.pieces["handle"])))


def _resume(call: Call) -> Answer:
    return Answer(plain(commands.resume(call.actor, call.pieces["handle"])))


def _assign(call: Call) -> Answer:
    sent = parsing.members(call.json, {"to": str}, {})
    return Answer(plain(batch.assign(call.actor, call.pieces["handle"], sent["to"])))


def _keep(call: Call) -> Answer:
    sent = parsing.members(call.json, {"references": list}, {})
    named = [one for one in sent["references"] if isinstance(one, str)]
    return Answer(plain(batch.keep(call.actor, call.pieces["handle"], named)))


def _choose(call: Call) -> Answer:
    sent = parsing.members(call.json, {"field": str, "what": str}, {})
    handle, line = call.pieces["handle"], int(call.pieces["line"])
    return Answer(plain(choices.choose(call.actor, handle, line, sent["field"], sent["what"])))


def _withdraw(call: Call) -> Answer:
    done = withdrawal.withdraw(call.actor, call.pieces["handle"])
    staying = [{"reference": reference, "message": str(message)} for reference, message in done.staying]
    counts = {"taken_back": done.taken_back, "links": done.links, "left": done.left}
    return Answer({**counts, "staying": staying})


def _discard(call: Call) -> Answer:
    commands.discard(call.actor, call.pieces["handle"])
    return Answer(status=204)


def operations() -> Iterator[Operation]:
    """Upload, preview, progress, what could not be taken, and the acts on an import."""
    yield from _looking()
    yield from import_differences.operations()
    yield from _acting()
    yield from _as_a_whole()


def _looking() -> Iterator[Operation]:
    outcome = Parameter("outcome", words(*plan.OUTCOMES), "Only rows with this outcome.")
    yield Operation(
        "GET", "/imports", "listImports", "Imports you asked for, newest first", _list, tag=TAG,
        replies={200: Reply("Imports.", listed(JOB))},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports", "planImport", "Upload a register with its map; nothing is written yet", _upload,
        tag=TAG, body=Body({"multipart/form-data": FORM}), problems=(400, 404, 413, 415, 422),
        replies={201: Reply("What it would do.", PLANNED, headers={"Location": "Its address."})},
    )  # fmt: skip
    yield Operation(
        "GET", "/imports/{handle}", "readImport", "How far an import is", _read, tag=TAG, pieces=HANDLE,
        replies={200: Reply("The import, and how many of its records lack answers.", ONE)},
    )  # fmt: skip
    yield Operation(
        "GET", "/imports/{handle}/rows", "listImportRows", "What happens to each row", _rows, tag=TAG,
        pieces=HANDLE, query=(PAGE, SIZE, outcome), problems=(422,),
        replies={200: Reply("One page.", page(ROW))},
    )  # fmt: skip
    yield Operation(
        "GET", "/imports/{handle}/summary", "summarizeImport", "What is said of all rows together", _summary,
        tag=TAG, pieces=HANDLE, replies={200: Reply("Counts, reasons, likely doubles.", ACCOUNT)},
    )  # fmt: skip
    yield Operation(
        "GET", "/imports/{handle}/faulty.csv", "exportFaultyRows", "Rows that could not be taken", _faulty,
        tag=TAG, pieces=HANDLE, problems=(400, 422),
        replies={200: Reply("Line, column, value, reason, and the columns.", TEXT, "text/csv")},
    )  # fmt: skip


def _acting() -> Iterator[Operation]:
    yield Operation(
        "POST", "/imports/{handle}/confirmation", "confirmImport", "Have an import written", _confirm,
        tag=TAG, pieces=HANDLE, problems=(409, 422),
        replies={202: Reply("It is being written.", JOB, headers={"Location": "Where to watch it."})},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports/{handle}/stop", "stopImport", "Stop an import; its confirmation goes on with it",
        _stop, tag=TAG, pieces=HANDLE, problems=(409,), replies={200: Reply("How far it is.", JOB)},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports/{handle}/resumption", "resumeImport", "Go on with an import that was stopped",
        _resume, tag=TAG, pieces=HANDLE, problems=(409,),
        replies={200: Reply("It is being written.", JOB)},
    )  # fmt: skip


def _as_a_whole() -> Iterator[Operation]:
    yield Operation(
        "POST", "/imports/{handle}/assignment", "assignImport",
        "Hand an import to a person (id or e-mail address), such as the second one who confirms it", _assign,
        tag=TAG, pieces=HANDLE, body=Body({JSON_TYPE: thing(to=TEXT)}),
        problems=(400, 404, 409, 413, 415, 422), replies={200: Reply("The import.", JOB)},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports/{handle}/kept", "keepRecords",
        "Keep records that the file has no longer, so that the next edition does not ask again", _keep,
        tag=TAG, pieces=HANDLE, body=Body({JSON_TYPE: thing(references=listed(TEXT))}),
        problems=(400, 413, 415, 422), replies={200: Reply("The import.", JOB)},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports/{handle}/rows/{line}/choice", "chooseField",
        "For one field of one row, keep what somebody changed here or take what the file says", _choose,
        tag=TAG, pieces={**HANDLE, "line": "[0-9]{1,9}"},
        body=Body({JSON_TYPE: thing(field=TEXT, what=words("keep", "take"))}),
        problems=(400, 409, 413, 415, 422), replies={200: Reply("The import.", JOB)},
    )  # fmt: skip
    yield Operation(
        "POST", "/imports/{handle}/withdrawal", "withdrawImport",
        "Take back what an import has written and nobody has touched since; again while some are left",
        _withdraw, tag=TAG, pieces=HANDLE, problems=(409,),
        replies={200: Reply("What was taken back, and what stays.", WITHDRAWAL)},
    )  # fmt: skip
    yield Operation(
        "DELETE", "/imports/{handle}", "discardImport", "Give up an import that was not confirmed", _discard,
        tag=TAG, pieces=HANDLE, problems=(409,), replies={204: Reply("It is gone.")},
    )  # fmt: skip
