"""`plumbline trail receipt`, `check-receipt` and `conformance`: receipts out and in, and vectors for both."""

from __future__ import annotations

import base64
import json as json_module
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.problems import Conflict, Invalid


class Form(StrEnum):
    """How a receipt is written."""

    PROOF = "tlog-proof"
    COSE = "cose"


def receipt(
    index: Annotated[int, typer.Argument(help="Number of the entry.", min=0)],
    out: Annotated[Path, typer.Option(help="File to write.")],
    form: Annotated[Form, typer.Option(help="C2SP tlog-proof, or COSE (RFC 9942).")] = Form.PROOF,
    data: Data = None,
    json: Json = False,
) -> None:
    """Write the receipt of an entry to a file, and the entry beside it as FILE.entry.

    Example: plumbline trail receipt 41 --form cose --out entry-41.cose
    """
    opened(data)
    from plumbline.trail import log, receipts

    content = receipts.cose_receipt(index) if form is Form.COSE else log.receipt(index).encode()
    out.write_bytes(content)
    beside = out.with_name(out.name + ".entry")
    beside.write_bytes(log.leaf(index).body)
    if json:
        output.as_json({"receipt": str(out), "entry": str(beside), "form": form.value, "index": index})
        return
    print(f"wrote {out} and {beside}")


def check_receipt(
    file: Annotated[Path, typer.Argument(help="The receipt: COSE or tlog-proof, of any log.", exists=True)],
    entry: Annotated[Path, typer.Option(help="The bytes of the entry it is for.", exists=True)],
    key: Annotated[str, typer.Option(help="Verifier key of its log, from its issuer.")],
    json: Json = False,
) -> None:
    """Check a receipt of any log, and say who signed it.

    Example: plumbline trail check-receipt theirs.cose --entry theirs.entry --key 'other.log+0f3a…'
    """
    from plumbline.trail import receipts

    found = receipts.check_receipt(file.read_bytes(), entry.read_bytes(), key)
    if json:
        output.as_json(
            {"form": found.form, "signed_by": found.signed_by, "index": found.index, "size": found.size}
        )
        return
    print(f"entry {found.index} of {found.size}, {found.form}, signed by {found.signed_by}")


def conformance(
    vectors: Annotated[Path, typer.Argument(help="Vectors as the reference gives them.", exists=True)],
    json: Json = False,
) -> None:
    """Run public test vectors of receipts, and say for each whether the answer is the stated one.

    Example: plumbline trail conformance receipts.json
    """
    from plumbline.trail import receipts

    answers: list[dict[str, object]] = []
    for vector in json_module.loads(vectors.read_text(encoding="utf-8")):
        try:
            receipts.check_receipt(
                base64.b64decode(vector["receipt"]), base64.b64decode(vector["entry"]), vector["key"]
            )
            holds = True
        except Invalid:
            holds = False
        answers.append({"name": vector["name"], "holds": holds, "as_stated": holds is vector["valid"]})
    if json:
        output.as_json(answers)
    for answer in answers if not json else ():
        print(f"{'PASS' if answer['as_stated'] else 'FAIL'}  {answer['name']}")
    failed = sum(not answer["as_stated"] for answer in answers)
    if failed:
        raise Conflict(f"{failed} vectors give another answer than the stated one.")
