"""`plumbline document`: write a register or a record as a file with a code, and verify such a code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.as_of import AsOf, parse_as_of
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened

app = typer.Typer(
    no_args_is_help=True, help="Documents out, each with a code that can be verified.", rich_markup_mode=None
)


@app.command("write")
def write(
    name: Annotated[
        str,
        typer.Argument(
            help="statement-of-applicability, risk-register, posture, suppliers (any plural), or AIA-0001."
        ),
    ],
    file_format: Annotated[str, typer.Option("--format", help="pdf, docx, xlsx or json.")] = "pdf",
    out: Annotated[
        Path | None,
        typer.Option(help="File to write. Default: named after the document.", show_default=False),
    ] = None,
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write a document, now or as of a day; the copy leaves an entry in the trail.

    Example: plumbline document write risk-register --format docx --as-of 2026-11-20
    """
    opened(data)
    instant = parse_as_of(as_of)
    from plumbline.identity.actors import Actor
    from plumbline.records import read_log
    from plumbline.reports.documents import commands

    with read_log.logged():
        issued = commands.issue(Actor.installation(), name, file_format, instant)
    file = out or Path(issued.name)
    file.write_bytes(issued.content)
    if json:
        output.as_json({"file": str(file), "code": issued.code})
    else:
        output.note(f"wrote {file}, code {issued.code}")


Written = Annotated[
    Path | None, typer.Option(help="File to write. Default: standard output.", show_default=False)
]


@app.command("oscal")
def oscal(
    model: Annotated[
        str, typer.Argument(help="catalog, profile, component-definition or assessment-results.")
    ],
    out: Written = None,
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write the statement of applicability, its catalog, or what the checks read as OSCAL 1.2.1.

    Example: plumbline document oscal profile --out profile.json
    """
    opened(data)
    instant = parse_as_of(as_of)
    from plumbline.identity.actors import Actor
    from plumbline.records import read_log
    from plumbline.reports.oscal import commands

    with read_log.logged():
        content = commands.export(Actor.installation(), model, instant)
    _hand_out(content, out, json)


@app.command("ml-bom")
def ml_bom(
    reference: Annotated[str, typer.Argument(help="Reference of an AI system, such as SYS-0001.")],
    out: Written = None,
    data: Data = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Write models, other parts, data and suppliers of an AI system as CycloneDX 1.6.

    Example: plumbline document ml-bom SYS-0001 --out bom.json
    """
    opened(data)
    instant = parse_as_of(as_of)
    from plumbline.identity.actors import Actor
    from plumbline.records import read_log
    from plumbline.reports import ml_bom as boms

    with read_log.logged():
        content = boms.export(Actor.installation(), reference, instant)
    _hand_out(content, out, json)


def _hand_out(content: bytes, out: Path | None, json: bool) -> None:
    """The document itself is JSON; of a file that was written, ``json`` says where it is."""
    if out is None:
        print(content.decode(), end="")
        return
    out.write_bytes(content)
    if json:
        output.as_json({"file": str(out)})
    else:
        output.note(f"wrote {out}")


@app.command("verify")
def verify(
    code: Annotated[str, typer.Argument(help="The code at the foot of the document.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Say which document a code stands for, as of when, and whether the record has changed since.

    Example: plumbline document verify 0123-4567-89AB-CDEF
    """
    opened(data)
    from plumbline.reports.documents import queries

    found = queries.as_dict(queries.verify(code))
    if json:
        output.as_json(found)
        return
    print(f"{found['document']} {found['about']}".rstrip() + f", as of {found['as_of']}")
    print(f"It rests on the trail up to entry {found['entry']}; issued as entry {found['issued_entry']}.")
    print(f"{found['changed']} of {found['records']} records have changed since. SHA-256 {found['sha256']}")
