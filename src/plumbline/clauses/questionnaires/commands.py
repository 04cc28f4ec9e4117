"""Giving an impact assessment its file of answers: an attached file in the place of the former one."""

from __future__ import annotations

from plumbline.catalogs.questionnaires import answers as answer_files
from plumbline.catalogs.questionnaires import questionnaire as questionnaires
from plumbline.catalogs.questionnaires.scoring import NOT_PUBLISHED, Published
from plumbline.clauses.questionnaires import queries
from plumbline.identity.actors import Actor
from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Invalid, NotFound
from plumbline.records import commands, kinds, writing
from plumbline.records import queries as records
from plumbline.records.writing import Saved

MEDIA_TYPE = "application/json"


def carry(
    actor: Actor, reference: str, name: str, content: bytes, published: Published = NOT_PUBLISHED
) -> Saved:
    """Attach a file of answers, in place of the one that the record carries, and say what was ``published``.

    What is not said of a published result leaves the fields as they are. Both are saved or neither. Raises
    `Invalid` for a file without answers and for answers of a version whose questionnaire is not at hand,
    besides what `commands.attach` and `commands.amend` raise.
    """
    answers = answer_files.read(content)
    try:
        questionnaires.of_version(answers.version)
    except NotFound as problem:
        remedy = "give answers of a version that is at hand, or attach the file without its result"
        raise answer_files.refused(Fault("version", problem.detail, remedy)) from problem
    if kinds.of_reference(reference).slug != queries.KIND:
        fault = Fault("reference", "is no impact assessment", "name one, such as AIA-0001")
        raise Invalid(say("questionnaire.not-kept", "The answers were not saved."), [fault])
    stated = {
        field: value
        for number, field in queries.STATED.items()
        if (value := getattr(published, number)) is not None
    }
    with writing.door():
        record, kind = records.find(actor, reference)
        former = queries.carried(record, published)
        if stated:
            commands.amend(actor, record.reference, stated, revision=record.revision)
        return commands.attach(
            actor, record.reference, name or f"{kind.slug}-answers.json", content, MEDIA_TYPE,
            replaces=former.file.pk if former else None,
        )  # fmt: skip
