"""Maps of formats that describe parts of AI systems and data."""

from __future__ import annotations

from plumbline.imports.suggested.rules import Take, TypedMap, every, first, listed, words

_MODEL = "modelCard.modelParameters."
_SAID = "modelCard.considerations."
_TYPE = words(
    "type", machine_learning_model="model", library="software", framework="software", application="software",
    container="software", operating_system="software", firmware="software", device_driver="software",
    platform="computing", device="computing",
)  # fmt: skip
_COMPONENT = {
    "title": every("group", "name", join="/"),
    "type": _TYPE,
    "purpose": every("description"),
    "method": every(
        f"{_MODEL}approach.type", f"{_MODEL}task", f"{_MODEL}architectureFamily",
        f"{_MODEL}modelArchitecture",
        labelled=True, join="\n",
    ),
    "limits_of_use": every(f"{_SAID}technicalLimitations", f"{_SAID}performanceTradeoffs"),
    "version": every("version"),
    "origin": first("purl", "externalReferences.url"),
    "licence": first("licenses.expression", "licenses.license.id", "licenses.license.name"),
    "supplier": first("supplier.name", "manufacturer.name", "publisher"),
    "datasets": listed(f"{_MODEL}datasets.name"),
}  # fmt: skip
_NAMED = (("group", "name"), ("name",), ("group", "name", "version"), ("name", "version"), ("bom-ref",))
_CDX_DATA = {
    "title": first("name", "contents.url"),
    "content": every("description"),
    "origin": every("contents.url"),
    "labelling": every("governance.stewards.organization.name"),
}
CYCLONEDX = (
    TypedMap("CycloneDX", "components", "component", _COMPONENT, _NAMED),
    TypedMap("CycloneDX", "components.components", "component", _COMPONENT, _NAMED),
    TypedMap(
        "CycloneDX", "components.modelCard.modelParameters.datasets", "dataset", _CDX_DATA,
        (("name",), ("contents.url",), ("bom-ref",)),
    ),
    TypedMap(
        "CycloneDX", "components.data", "dataset", _CDX_DATA, (("name",), ("contents.url",), ("bom-ref",))
    ),
    TypedMap(
        "CycloneDX", "services", "component",
        {
            "title": every("group", "name", join="/"),
            "type": Take(constant="service"),
            "purpose": every("description"),
            "version": every("version"),
            "origin": every("endpoints", join=", "),
            "licence": first("licenses.expression", "licenses.license.id", "licenses.license.name"),
            "supplier": every("provider.name"),
        },
        _NAMED,
    ),
    TypedMap(
        "CycloneDX", "metadata.component", "ai-system",
        {
            "title": every("name"),
            "slug": every("name"),
            "purpose": every("description"),
            "version": every("version"),
        },
        (("name",), ("bom-ref",)),
    ),
    TypedMap(
        "CycloneDX", "vulnerabilities", "risk",
        {
            "title": first("id", "description"),
            "description": every("description", "detail"),
            "existing_controls": every("workaround", "recommendation"),
        },
        (("id",), ("bom-ref",)),
    ),
)  # fmt: skip
SPDX = (
    TypedMap(
        "SPDX 2", "packages", "component",
        {
            "title": every("name"),
            "type": words(
                "primaryPackagePurpose", application="software", framework="software", library="software",
                container="software", operating_system="software", firmware="software", device="computing",
            ),
            "purpose": every("summary", "description"),
            "version": every("versionInfo"),
            "origin": first("externalRefs.referenceLocator", "downloadLocation"),
            "licence": first("licenseDeclared", "licenseConcluded"),
        },
        (("name",), ("name", "versionInfo"), ("SPDXID",)),
    ),
    TypedMap(
        "SPDX 3", "@graph", "component",
        {
            "title": every("name"),
            "type": words(
                "software_primaryPurpose", model="model", application="software", framework="software",
                library="software", container="software", operatingSystem="software", firmware="software",
                device="computing", platform="computing",
            ),
            "purpose": every("summary", "description", "ai_informationAboutApplication"),
            "method": every("ai_typeOfModel", "ai_informationAboutTraining", "ai_modelDataPreprocessing"),
            "limits_of_use": every("ai_limitation"),
            "version": every("software_packageVersion"),
            "origin": first("software_packageUrl", "software_downloadLocation"),
            "environment_note": every("ai_energyConsumption.ai_trainingEnergyConsumption.ai_energyQuantity"),
        },
        (("name",), ("name", "software_packageVersion"), ("spdxId",)),
        only=("type", ("ai_AIPackage", "software_Package")),
    ),
    TypedMap(
        "SPDX 3", "@graph", "dataset",
        {
            "title": every("name"),
            "content": every("summary", "description"),
            "origin": first("software_packageUrl", "software_downloadLocation"),
            "lineage": every("dataset_dataCollectionProcess"),
            "preparation": every("dataset_dataPreprocessing"),
            "known_bias": every("dataset_knownBias"),
            "version": every("software_packageVersion"),
        },
        (("name",), ("spdxId",)),
        only=("type", ("dataset_DatasetPackage",)),
    ),
)  # fmt: skip
CROISSANT = (
    TypedMap(
        "Croissant", "", "dataset",
        {
            "title": every("name"),
            "content": every("description"),
            "people": every("rai:personalSensitiveInformation"),
            "origin": first("url", "distribution.contentUrl"),
            "reason": every("rai:dataUseCases", "rai:dataLimitations"),
            "rights": every("license", "usageInfo"),
            "version": every("version"),
            "changed_on": first("dateModified"),
            "lineage": every(
                "citeAs", "rai:dataCollection", "prov:wasDerivedFrom.prov:label",
                "prov:wasDerivedFrom.prov:atLocation", "prov:wasGeneratedBy.prov:description",
                "prov:wasGeneratedBy.description",
            ),
            "preparation": every("rai:dataPreprocessingProtocol", "rai:dataManipulationProtocol"),
            "labelling": every("rai:dataAnnotationProtocol", "rai:dataAnnotationAnalysis"),
            "known_bias": every("rai:dataBiases", "rai:dataSocialImpact"),
        },
        (("url",), ("name",)),
    ),
)  # fmt: skip
_LINEAGE = {
    "title": every("name"),
    "content": every("facets.documentation.description", "facets.schema.fields.name"),
    "origin": every("namespace"),
    "version": first("facets.version.datasetVersion"),
    "lineage": every("facets.symlinks.identifiers.name", "facets.dataSource.uri"),
}
OPENLINEAGE = tuple(
    TypedMap("OpenLineage", path, "dataset", _LINEAGE, (("namespace", "name"),))
    for path in ("outputs", "inputs", "dataset")
)
CARDS = (
    TypedMap(
        "Data set card", "", "dataset",
        {
            "title": first("pretty_name", "dataset_info.dataset_name", "title"),
            "content": every("summary", "Dataset Summary", "Dataset Description", "Dataset Structure"),
            "people": every("Personal and Sensitive Information"),
            "origin": first("Repository", "Dataset Sources", "source_datasets"),
            "reason": every("Curation Rationale", "Uses", "Out-of-Scope Use"),
            "rights": every("license", "Licensing Information"),
            "lineage": every("Source Data", "Data Collection and Processing"),
            "labelling": every("annotations_creators", "Annotations", "Annotation process"),
            "known_bias": every("Bias, Risks, and Limitations", "Discussion of Biases"),
        },
        (("title",), ("pretty_name",)),
    ),
    TypedMap(
        "Model card", "", "component",
        {
            "title": first("title", "model-index.name", "model_details.name"),
            "type": Take(constant="model"),
            "purpose": every(
                "summary", "Model description", "Model Description", "Uses", "Direct Use", "Intended uses",
                "Intended uses & limitations", "model_details.overview",
                "considerations.use_cases.description",
            ),
            "method": every(
                "Training Details", "Training procedure", "Training Procedure", "Technical Specifications",
                "model_details.documentation", "model_parameters.model_architecture",
            ),
            "limits_of_use": every(
                "Out-of-Scope Use", "Bias, Risks, and Limitations", "Limitations", "Limitations and bias",
                "considerations.limitations.description", "considerations.tradeoffs.description",
            ),
            "version": first("version", "model_details.version.name"),
            "origin": first("Repository", "Model Sources", "base_model", "model_details.path"),
            "licence": first("license", "model_details.licenses.identifier"),
            "environment_note": every("Environmental Impact"),
            "datasets": listed("datasets"),
        },
        (("title",), ("model-index.name",), ("model_details.name",)),
    ),
)  # fmt: skip
