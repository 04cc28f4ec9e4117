"""What the file of answers that an impact assessment carries comes to.

Nothing of it is stored: the answers are an attached file, the questionnaire is one of those at hand, and the
result follows from the two whenever somebody reads it. Only what was published elsewhere is a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plumbline.catalogs.questionnaires import answers as answer_files
from plumbline.catalogs.questionnaires import questionnaire as questionnaires
from plumbline.catalogs.questionnaires import scoring, shown
from plumbline.catalogs.questionnaires.answers import AnswerFile
from plumbline.catalogs.questionnaires.scoring import Published, Result
from plumbline.kernel.messages import Text
from plumbline.kernel.problems import Invalid, NotFound
from plumbline.records import files
from plumbline.records.models import Attachment, Record
from plumbline.records.related import queries as related

KIND = "impact-assessment"
STATED = {"raw": "published_raw", "mitigation": "published_mitigation", "current": "published_current",
          "level": "published_level"}  # fmt: skip
"""The field of an impact assessment that says what was published, by the name of the number."""


@dataclass(frozen=True)
class Carried:
    """The newest file of answers of a record. Without a ``result``, ``problem`` says why there is none."""

    file: Attachment
    answers: AnswerFile
    result: Result | None
    sections: tuple[shown.Section, ...]
    problem: Text = ""


def carried(record: Record, published: Published, instant: datetime | None = None) -> Carried | None:
    """The newest file of answers that a record carries, or carried at an instant, with what it comes to.

    ``record`` was given by `records.queries.find`. None where no file of it has answers; one that another
    file has replaced does not count.
    """
    rows = [row for row in related.hanging(record).attachments if instant is None or row.at <= instant]
    replaced = {row.replaces_id for row in rows}
    for row in sorted(rows, key=lambda row: -row.pk):
        if row.pk not in replaced and (found := _read(row)) is not None:
            return _of(row, found, published)
    return None


def _read(row: Attachment) -> AnswerFile | None:
    if not (row.name.casefold().endswith(".json") or "json" in row.media_type):
        return None
    if row.size > answer_files.LARGEST:
        return None
    try:
        return answer_files.read(files.read(row.sha256))
    except (Invalid, NotFound):
        return None


def _of(row: Attachment, answers: AnswerFile, published: Published) -> Carried:
    try:
        found = questionnaires.of_version(answers.version)
    except NotFound as problem:
        return Carried(row, answers, None, (), problem.detail)
    result = scoring.score(found, answers, published)
    return Carried(row, answers, result, tuple(shown.sections(found, answers)))


def published(values: Mapping[str, Any]) -> Published:
    """The numbers that the values of an impact assessment say were published."""
    return Published(**{name: values.get(field) for name, field in STATED.items()})


def published_of(record: Any) -> Published:
    """The numbers that an impact assessment says were published."""
    return published({field: getattr(record, field) for field in STATED.values()})
