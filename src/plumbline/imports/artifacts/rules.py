"""Facts of published formats that have no field of a record, and lists that are read out and not imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.imports.suggested.parts import CYCLONEDX
from plumbline.imports.suggested.rules import TypedMap, every, first
from plumbline.imports.suggested.suggestion import MAPS
from plumbline.kernel.messages import Text, say

_CARD = "modelCard."


@dataclass(frozen=True)
class Pairs:
    """A fact that stands in two columns, what it is of and its value, and in which words they are joined."""

    label: Text
    names: str
    values: str


@dataclass(frozen=True)
class Texts:
    """A fact that stands in the first of these columns that has a text."""

    label: Text
    columns: tuple[str, ...]


_METRICS = say("artifact.metrics", "Metrics")
_USE = say("artifact.intended-use", "Intended use")
OTHERS: Mapping[str, tuple[Texts | Pairs, ...]] = {
    "component": (
        Texts(_USE, (f"{_CARD}considerations.useCases", "considerations.use_cases.description", "Direct Use",
                     "Intended uses", "Intended uses & limitations", "ai_informationAboutApplication")),
        Texts(say("artifact.training-data", "Training data"),
              (f"{_CARD}modelParameters.datasets.name", "datasets", "model_parameters.data.name",
               "ai_informationAboutTraining")),
        Pairs(_METRICS, f"{_CARD}quantitativeAnalysis.performanceMetrics.type",
              f"{_CARD}quantitativeAnalysis.performanceMetrics.value"),
        Pairs(_METRICS, "model-index.results.metrics.type", "model-index.results.metrics.value"),
        Pairs(_METRICS, "quantitative_analysis.performance_metrics.type",
              "quantitative_analysis.performance_metrics.value"),
        Pairs(_METRICS, "ai_metric.key", "ai_metric.value"),
        Texts(say("artifact.ethics", "Ethical considerations"),
              (f"{_CARD}considerations.ethicalConsiderations.name",
               "considerations.ethical_considerations.name")),
        Texts(say("artifact.owners", "Owners"), ("model_details.owners.name", "authors.name", "author")),
    ),
    "dataset": (
        Texts(say("artifact.licence", "Licence"), ("license", "licenses.license.id")),
        Texts(say("artifact.made-by", "Made by"), ("creator.name", "dataset_curators", "language_creators")),
        Texts(say("artifact.published-on", "Published on"), ("datePublished",)),
        Texts(say("artifact.classification", "Classification"), ("classification", "sensitiveData")),
        Texts(say("artifact.columns", "Columns"), ("facets.schema.fields.name", "recordSet.field.name")),
        Texts(say("artifact.rows", "Rows"), ("outputFacets.outputStatistics.rowCount",
                                              "inputFacets.dataQualityMetrics.rowCount",
                                              "dataset_datasetSize")),
        Texts(say("artifact.files", "Files"), ("distribution.name",)),
    ),
}  # fmt: skip
"""What is shown of a file besides what its proposed map has, by kind."""
DIGESTS = (
    ("hashes.alg", "hashes.content"),
    ("checksums.algorithm", "checksums.checksumValue"),
    ("verifiedUsing.algorithm", "verifiedUsing.hashValue"),
)
"""Columns with the names of digests and the digests: CycloneDX, SPDX 2 and 3."""
FILE_DIGEST = "distribution.sha256"
"""Croissant: the digest of each file. Of one file it is that of the data."""
_PART = next(rule for rule in CYCLONEDX if rule.path == "components").fields
_NAMED = (("name",),)
RULES: tuple[TypedMap, ...] = (
    *(rule for rule in MAPS if rule.kind in OTHERS),
    TypedMap("CycloneDX", "metadata.component", "component", _PART, _NAMED,
             only=("type", ("machine-learning-model",))),
    TypedMap("CycloneDX", "components", "dataset",
             {"title": every("name"), "content": every("description"), "version": every("version"),
              "rights": first("licenses.expression", "licenses.license.id", "licenses.license.name")},
             _NAMED, only=("type", ("data",))),
)  # fmt: skip
"""The lists of a format whose entries a component or dataset may be, and the fields that they speak of."""
