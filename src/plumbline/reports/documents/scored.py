"""The scored questionnaire of an impact assessment in its document: the result, what does not follow, and the
answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from plumbline.catalogs.questionnaires.questionnaire import NAME
from plumbline.catalogs.questionnaires.scoring import Result
from plumbline.clauses.questionnaires import queries
from plumbline.clauses.questionnaires.queries import Carried
from plumbline.documents.model import Block, Fact, Facts, Paragraph, Section, Table
from plumbline.kernel.messages import Message
from plumbline.records.rows import Record
from plumbline.wording import render


def sections(record: Record, values: Mapping[str, Any], at: datetime | None) -> Iterator[Section]:
    """The file of answers that the record carried at an instant, or carries; nothing without one."""
    found = queries.carried(record, queries.published(values), at)
    if found is None:
        return
    title = gettext("Scored questionnaire")
    if found.result is None:
        said = render(found.problem) if isinstance(found.problem, Message) else found.problem
        yield Section(title, (Facts(_file(found)), Paragraph(said)))
        return
    yield Section(title, tuple(_result(found, found.result)))
    for section in found.sections:
        heads = (gettext("Question"), gettext("Answer"), gettext("Points"))
        rows = tuple(
            (line.question, "\n".join(line.answers), "" if line.points is None else str(line.points))
            for line in section.lines
        )
        yield Section(section.title, (Table(heads, rows, (9, 9, 2)),), level=2)


def _file(found: Carried) -> tuple[Fact, ...]:
    version = found.answers.version or gettext("not named")
    return (
        Fact(gettext("Questionnaire"), f"{NAME} {version}"),
        Fact(gettext("File of answers"), found.file.name),
        Fact(gettext("SHA-256 of the answers"), found.answers.digest),
    )


def _result(found: Carried, result: Result) -> Iterator[Block]:
    of = gettext("{number} of {most}")
    deducted = gettext("15 %") if result.is_deducted else gettext("None")
    yield Facts(
        (
            *_file(found),
            Fact(gettext("SHA-256 of the questionnaire"), result.questionnaire),
            Fact(gettext("Impact level"), str(result.level)),
            Fact(gettext("Score"), str(result.current)),
            Fact(gettext("Impact before deduction"), of.format(number=result.raw, most=result.raw_maximum)),
            Fact(gettext("Mitigation"), of.format(number=result.mitigation, most=result.mitigation_maximum)),
            Fact(gettext("Deduction"), deducted),
            Fact(gettext("Scoring questions without an answer"), str(len(result.unanswered))),
        )
    )
    if result.findings:
        said = tuple((render(finding.message),) for finding in result.findings)
        yield Table((gettext("What does not follow from the answers"),), said, (1,))
    heads = (gettext("Section"), gettext("Scores"), gettext("Points"), gettext("Most"))
    words = {"impact": gettext("Impact"), "mitigation": gettext("Mitigation")}
    rows = tuple(
        (part.title, words[part.scores], str(part.points), str(part.maximum)) for part in result.parts
    )
    yield Table(heads, rows, (10, 4, 2, 2))
