"""Which published format a JSON document is of, and which of its lists are records of which kind.

Each is recognised by what its specification requires of every document, never by who wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from plumbline.imports.readers.structured.paths import JSON
from plumbline.imports.readers.typed import questionnaires
from plumbline.kernel.messages import Message, say


@dataclass(frozen=True)
class Table:
    """A list of a format: its path, and the slug of the kind of record that its entries are, if any."""

    path: str
    kind: str = ""


@dataclass(frozen=True)
class Recognised:
    """A document of a published format. ``omitted`` are columns that say nothing about an entry.

    ``added`` are columns that its one entry has besides, ``notices`` what a person should know of the format.
    """

    format: str
    tables: tuple[Table, ...]
    omitted: tuple[str, ...] = ()
    added: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Message, ...] = ()


def recognised(document: JSON) -> Recognised | None:
    """The format of a document, or nothing. A list is what its first entry is, as events in lines are."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, dict):
        return None
    return next((found for look in _FORMATS if (found := look(first)) is not None), None)


def _text(document: Mapping[str, JSON], name: str) -> str:
    value = document.get(name)
    return str(value) if isinstance(value, str) else ""


def _holds(value: JSON, words: str) -> bool:
    """Whether a text, or one in a list or object, has ``words`` in it."""
    if isinstance(value, dict):
        return any(_holds(item, words) for item in value.values())
    if isinstance(value, list):
        return any(_holds(item, words) for item in value)
    return isinstance(value, str) and words in value


def _cyclonedx(document: Mapping[str, JSON]) -> Recognised | None:
    """CycloneDX (ECMA-424), machine-learning bills of material among them."""
    if document.get("bomFormat") != "CycloneDX":
        return None
    return Recognised(
        f"CycloneDX {_text(document, 'specVersion')}".strip(),
        (
            Table("components", "component"),
            Table("components.components", "component"),
            Table("components.modelCard.modelParameters.datasets", "dataset"),
            Table("components.data", "dataset"),
            Table("services", "component"),
            Table("metadata.component", "ai-system"),
            Table("vulnerabilities", "risk"),
        ),
    )


def _spdx(document: Mapping[str, JSON]) -> Recognised | None:
    """SPDX 2 (ISO/IEC 5962) and 3."""
    version = _text(document, "spdxVersion")
    if version.startswith("SPDX-"):
        return Recognised(version.replace("-", " ", 1), (Table("packages", "component"), Table("files")))
    if _holds(document.get("@context"), "spdx.org/rdf/3") and isinstance(document.get("@graph"), list):
        return Recognised("SPDX 3", (Table("@graph", "component"),))
    return None


def _croissant(document: Mapping[str, JSON]) -> Recognised | None:
    """Croissant of MLCommons: a data set, its files and its records."""
    if not _holds(document.get("conformsTo"), "mlcommons.org/croissant") and not _holds(
        document.get("@context"), "mlcommons.org/croissant"
    ):
        return None
    tables = (Table("", "dataset"), Table("distribution"), Table("recordSet"), Table("recordSet.field"))
    return Recognised("Croissant", tables, ("@context", "recordSet", "distribution.sha256"))


def _avid(document: Mapping[str, JSON]) -> Recognised | None:
    """Reports of the AI Vulnerability Database: incidents, case studies and evaluations."""
    if document.get("data_type") != "AVID" or "problemtype" not in document:
        return None
    return Recognised("AVID", (Table("", "incident"), Table("references")))


def _openlineage(document: Mapping[str, JSON]) -> Recognised | None:
    """OpenLineage events of runs, jobs and data sets."""
    named = "openlineage.io" in _text(document, "schemaURL")
    if not (named or ("eventTime" in document and "producer" in document)):
        return None
    if not {"job", "dataset", "inputs", "outputs"} & document.keys():
        return None
    tables = (
        Table("outputs", "dataset"),
        Table("inputs", "dataset"),
        Table("dataset", "dataset"),
        Table("job"),
    )
    return Recognised("OpenLineage", tables)


_OSCAL: dict[str, tuple[Table, ...]] = {
    "catalog": (
        Table("catalog.groups.controls"),
        Table("catalog.groups.groups.controls"),
        Table("catalog.controls"),
        Table("catalog.groups"),
    ),
    "profile": (Table("profile.imports"),),
    "component-definition": (
        Table("component-definition.components", "component"),
        Table("component-definition.components.control-implementations.implemented-requirements"),
    ),
    "system-security-plan": (
        Table("system-security-plan.system-implementation.components", "component"),
        Table("system-security-plan.system-characteristics", "ai-system"),
        Table("system-security-plan.control-implementation.implemented-requirements"),
    ),
    "assessment-plan": (Table("assessment-plan.tasks"),),
    "assessment-results": (
        Table("assessment-results.results.findings", "nonconformity"),
        Table("assessment-results.results.observations"),
        Table("assessment-results.results.risks", "risk"),
    ),
    "plan-of-action-and-milestones": (
        Table("plan-of-action-and-milestones.poam-items", "nonconformity"),
        Table("plan-of-action-and-milestones.risks", "risk"),
        Table("plan-of-action-and-milestones.observations"),
    ),
    "mapping-collection": (Table("mapping-collection.mappings.maps"),),
}


def _oscal(document: Mapping[str, JSON]) -> Recognised | None:
    """OSCAL of NIST: the name of the model is the one key of the document."""
    for name, tables in _OSCAL.items():
        model = document.get(name)
        metadata = model.get("metadata") if isinstance(model, dict) else None
        if isinstance(metadata, dict) and "oscal-version" in metadata:
            shown = name.replace("-", " ")
            return Recognised(f"OSCAL {shown} {_text(metadata, 'oscal-version')}", tables)
    return None


def _model_card(document: Mapping[str, JSON]) -> Recognised | None:
    """A model card of the Model Card Toolkit."""
    details = document.get("model_details")
    if not isinstance(details, dict) or not {"name", "overview"} & details.keys():
        return None
    return Recognised("Model card", (Table("", "component"),))


def _impact_assessment(document: Mapping[str, JSON]) -> Recognised | None:
    """Answers saved by the questionnaire of Canada's Algorithmic Impact Assessment."""
    answers = document.get("data")
    if "currentPage" not in document or not isinstance(answers, dict):
        return None
    if not any(name.startswith(("projectDetails", "businessDrivers")) for name in answers):
        return None
    version = _text(document, "version")
    name = f"Algorithmic Impact Assessment (Canada) {version}".strip()
    labelled, inside = questionnaires.sections(version, answers)
    unknown = say(
        "imports.no-questionnaire",
        "What the questions of {version} say is not known here: they and their choices keep their names.",
        version=version or "this questionnaire",
    )
    # Whoever reads a level off a page takes it for one that somebody has found: it is none of the record's.
    none = say(
        "imports.no-level",
        "The file has answers, and neither a score nor an impact level. What they come to is shown on an"
        " impact assessment that carries the file. What follows the last hyphen of a choice are the points"
        " that the questionnaire gives it.",
    )
    tables = (Table("data", "impact-assessment"),)
    notices = (none,) if labelled else (unknown, none)
    return Recognised(name, tables, inside, labelled, notices)


def _own_export(document: Mapping[str, JSON]) -> Recognised | None:
    """Records that ``plumbline export --json`` wrote."""
    if not {"reference", "qualified_reference", "kind", "revision"} <= document.keys():
        return None
    return Recognised("Plumbline export", (Table("", _text(document, "kind")),))


_FORMATS = cast(
    tuple[Callable[[Mapping[str, JSON]], Recognised | None], ...],
    (
        _cyclonedx,
        _spdx,
        _croissant,
        _oscal,
        _openlineage,
        _model_card,
        _impact_assessment,
        _avid,
        _own_export,
    ),
)
