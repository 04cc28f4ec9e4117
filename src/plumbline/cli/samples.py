"""`plumbline sample`: draw a sample of an audit again, from the lines of its population and the seed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid

app = typer.Typer(no_args_is_help=True, help="Draw samples of audits again.", rich_markup_mode=None)


@app.command("draw")
def draw(
    lines: Annotated[Path, typer.Argument(help="The lines of the population, as the page gives them out.")],
    seed: Annotated[str, typer.Option(help="The seed, as the auditor named it.")],
    count: Annotated[int, typer.Option(help="How many to draw.", min=1)],
    json: Json = False,
) -> None:
    """Draw by a seed from the lines of a population. Needs no installation: anybody can check a draw.

    Prints the SHA-256 of the lines too, which the trail committed to before the seed was named.

    Example: plumbline sample draw smp_0f3a.txt --seed "dice 4 2 6" --count 15
    """
    from plumbline.reports.audit_samples import lines as populations

    try:
        text = lines.read_bytes()
        drawn = populations.drawn(text, seed, count)
    except (OSError, ValueError) as error:
        fault = Fault("lines", "is no population", "take the file from the page of the samples")
        raise Invalid("The sample was not drawn.", [fault]) from error
    size = len(populations.parse(text))
    if count > size:
        remedy = say("sample.at-most", "1 to {most}: there are {size}", most=size, size=size)
        raise Invalid("The sample was not drawn.", [Fault("count", "is out of range", remedy)])
    if json:
        found = [{"place": place, "reference": line.reference, "entry": line.entry} for place, line in drawn]
        output.as_json({"sha256": populations.digest(text), "size": size, "drawn": found})
        return
    print(f"{size} lines, sha256 {populations.digest(text)}")
    output.table(
        ("place", "record", "revision", "entry"),
        [(str(place), line.reference, str(line.revision), str(line.entry)) for place, line in drawn],
    )


@app.command("show")
def show(
    about: Annotated[str, typer.Argument(help="The audit or audit request, such as IAU-0001.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Show the samples of an audit with their draws and what was noted of each record.

    Example: plumbline sample show IAU-0001
    """
    opened(data)
    from plumbline.identity.actors import Actor
    from plumbline.records import read_log
    from plumbline.reports.audit_samples import queries, values

    with read_log.logged():
        found = [values.as_dict(one) for one in queries.samples_about(Actor.installation(), about)]
    if json:
        output.as_json(found)
        return
    for sample in found:
        print(
            f"{sample['id']}: {sample['wanted']} of {sample['size']} ({sample['of']}),"
            f" entry {sample['entry']}"
        )
        for one in sample["draws"]:
            print(one["evidence"])
            rows = [
                (str(item["place"]), item["reference"], item["mark"], item["since"], item["note"])
                for item in one["items"]
            ]
            output.table(("place", "record", "mark", "since", "note"), rows)
