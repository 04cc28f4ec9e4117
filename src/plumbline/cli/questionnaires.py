"""`plumbline assess`: what the answers of a scored questionnaire come to, with or without an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from plumbline.catalogs.questionnaires import answers as answer_files
from plumbline.catalogs.questionnaires import questionnaire as questionnaires
from plumbline.catalogs.questionnaires import scoring, shown
from plumbline.catalogs.questionnaires.answers import AnswerFile
from plumbline.catalogs.questionnaires.questionnaire import Questionnaire
from plumbline.catalogs.questionnaires.scoring import Published
from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.record_parts import address, say_entry
from plumbline.cli.telemetry import Token, Url, ask, server
from plumbline.kernel.problems import Fault

app = typer.Typer(
    no_args_is_help=True,
    help="Scored questionnaires: what their answers come to.",
    rich_markup_mode=None,
)
File = Annotated[
    Path, typer.Argument(help="The answers, as the tool saves them.", exists=True, dir_okay=False)
]
Reference = Annotated[str, typer.Argument(help="The impact assessment, such as AIA-0001.")]
_Number = Annotated[int | None, typer.Option(min=0, help="As it was published.", show_default=False)]


@app.command("aia")
def aia(
    answers: File,
    questionnaire: Annotated[
        Path | None,
        typer.Option(
            help="The published questionnaire (src/survey-enfr.json) of a version that is not at hand.",
            exists=True,
            dir_okay=False,
            show_default=False,
        ),
    ] = None,
    published_raw: _Number = None,
    published_mitigation: _Number = None,
    published_current: _Number = None,
    published_level: _Number = None,
    json: Json = False,
) -> None:
    """Work out Canada's Algorithmic Impact Assessment from a file of answers. Needs no installation.

    Exit code 3: something does not follow from the answers, such as a published result that differs.

    Example: plumbline assess aia answers.json --published-level 2
    """
    found = answer_files.read(answers.read_bytes())
    published = Published(published_raw, published_mitigation, published_current, published_level)
    result = shown.as_dict(scoring.score(_questionnaire(found, questionnaire), found, published))
    if json:
        output.as_json(result)
    else:
        _print(result)
    if not result["follows"]:
        raise typer.Exit(output.EXIT_FAILED_CHECK)


def _questionnaire(answers: AnswerFile, file: Path | None) -> Questionnaire:
    if file is None:
        if not answers.version:
            remedy = "give the questionnaire that they answer with --questionnaire"
            raise answer_files.refused(Fault("version", "is not named", remedy))
        return questionnaires.of_version(answers.version)
    content = file.read_bytes()
    found = questionnaires.read(content, answers.version)
    known = {questionnaires.of_version(version).digest: version for version in questionnaires.versions()}
    # A file that is at hand is of its own version, whatever the answers say.
    return questionnaires.read(content, known.get(found.digest, answers.version))


def _print(result: dict[str, Any]) -> None:
    of = result["questionnaire"]
    print(f"{of['name']} {of['version']}")
    print(f"  Impact level       {result['level']}")
    print(f"  Score              {result['current']}")
    print(f"  Impact             {result['raw']} of {result['raw_maximum']}")
    print(f"  Mitigation         {result['mitigation']} of {result['mitigation_maximum']}")
    share = "15 % off" if result["deducted"] else f"none (from {result['mitigation_needed']} on)"
    print(f"  Deduction          {share}")
    print(f"  Without an answer  {len(result['unanswered'])} scoring questions that are asked")
    print(f"  Questionnaire      {of['sha256']}")
    print(f"  Answers            {result['answers_sha256']}")
    print()
    output.table(
        ("section", "scores", "points", "most"),
        [(part["title"], part["scores"], part["points"], part["maximum"]) for part in result["sections"]],
    )
    if result["findings"]:
        print("\nDoes not follow from the answers:")
        for finding in result["findings"]:
            print(f"- {finding['text']}")


@app.command("add")
def add(
    reference: Reference,
    answers: File,
    published_raw: _Number = None,
    published_mitigation: _Number = None,
    published_current: _Number = None,
    published_level: _Number = None,
    data: Data = None,
    url: Url = None,
    token: Token = None,
    json: Json = False,
) -> None:
    """Give an impact assessment a file of answers, in place of the one that it carries.

    Example: plumbline assess add AIA-0001 answers.json --published-level 2
    """
    base, secret = server(url, token, data, "write")
    numbers = {
        "raw": published_raw,
        "mitigation": published_mitigation,
        "current": published_current,
        "level": published_level,
    }
    stated = {name: str(number) for name, number in numbers.items() if number is not None}
    query = urlencode({"filename": answers.name, **stated})
    content = answers.read_bytes()
    say_entry(ask(f"{base}/{address(reference, 'questionnaire')}?{query}", secret, content), json)


@app.command("read")
def read(
    reference: Reference, data: Data = None, url: Url = None, token: Token = None, json: Json = False
) -> None:
    """Read what the answers that an impact assessment carries come to.

    Example: plumbline assess read AIA-0001
    """
    base, secret = server(url, token, data, "read")
    found = ask(f"{base}/{address(reference, 'questionnaire')}", secret)
    if json:
        output.as_json(found)
    elif found["result"] is None:
        print(found["problem"])
    else:
        _print(found["result"])
