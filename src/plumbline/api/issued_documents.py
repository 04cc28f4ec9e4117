"""Documents as files with a code over HTTP, and what a code stands for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.http import HttpResponse

from plumbline.api.operations import JSON_TYPE, Answer, Call, Operation, Reply
from plumbline.api.records import AS_OF, instant
from plumbline.api.schemas import COUNT, HEX, INSTANT, TEXT, thing
from plumbline.documents import docx, pdf, workbook
from plumbline.reports.documents import commands, queries

TAG = "reports"
BINARY = {"type": "string", "format": "binary"}
CODE = "[0-9A-Za-z-]{16,40}"
NAME = "(?:[a-z][a-z0-9-]{2,60}|[A-Z]{2,6}-[0-9]{4,12})"
MEDIA = {"pdf": pdf.TYPE, "docx": docx.TYPE, "xlsx": workbook.TYPE, "json": JSON_TYPE}
_MEANING = {
    "pdf": "Tagged for screen readers.",
    "docx": "For a word processor.",
    "xlsx": "Its tables as rows, and a sheet that explains them.",
    "json": "The `content` whose canonical bytes (RFC 8785) have the digest `sha256`.",
}
VERIFICATION = thing(
    code=TEXT, organization=TEXT, document=TEXT, about=TEXT, language=TEXT, as_of=INSTANT,
    entry={"type": "integer", "minimum": -1}, issued=INSTANT, issued_entry=COUNT, sha256=HEX, records=COUNT,
    changed=COUNT,
)  # fmt: skip


def _file(file_format: str, call: Call) -> Answer:
    issued = commands.issue(call.actor, call.pieces["name"], file_format, instant(call))
    response = HttpResponse(issued.content, content_type=issued.media_type)
    response["Content-Disposition"] = f'attachment; filename="{issued.name}"'
    return Answer(response=response)


def _verify(call: Call) -> Answer:
    return Answer(queries.as_dict(queries.verify(call.pieces["code"])))


def operations() -> Iterator[Operation]:
    """Fetching a document, and verifying the code that is printed on one."""
    for file_format, media in MEDIA.items():
        shape = thing(code=TEXT, sha256=HEX, content={"type": "object"}) if media == JSON_TYPE else BINARY
        yield Operation(
            "GET", f"/issued-documents/{{name}}.{file_format}", f"issueDocument{file_format.capitalize()}",
            f"A register or one record as {file_format.upper()} that carries a code",
            partial(_file, file_format), tag=TAG, pieces={"name": NAME}, query=(AS_OF,), problems=(404, 422),
            replies={200: Reply(_MEANING[file_format], shape, media)},
            text="`name` is statement-of-applicability, risk-register, posture, a kind in the plural such as "
            "suppliers, or the reference of a record. Each copy leaves an entry in the trail.",
        )  # fmt: skip
    yield Operation(
        "GET", "/issued-documents/verifications/{code}", "verifyDocument",
        "What the code on a document stands for, and whether the record has changed since", _verify, tag=TAG,
        pieces={"code": CODE}, open=True, problems=(404,),
        replies={200: Reply("Which document, as of when, on which entry; not what is in it.", VERIFICATION)},
        text="Needs no token: whoever has the code has the document.",
    )  # fmt: skip
