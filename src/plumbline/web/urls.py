"""The addresses of the pages. They are bookmarked and sent to others: a change of one is a promise broken."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from plumbline.web import converters, imports
from plumbline.web.pages import (
    acts,
    checks,
    documents,
    editing,
    evidence,
    history,
    home,
    listing,
    overview,
    packs,
    preferences,
    record,
    requirements,
    sightings,
    telemetry,
    trail,
)

register_converter(converters.Reference, "reference")
register_converter(converters.Plural, "plural")
register_converter(converters.Number, "control")
register_converter(converters.RequirementId, "requirement")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("controls/", requirements.controls, name="controls"),
    path("controls/<control:number>/", requirements.control, name="control"),
    path("clauses/", requirements.clauses, name="clauses"),
    path("requirements/<requirement:requirement_id>/", requirements.requirement, name="requirement"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<slug:slug>/<str:subject>/", checks.check, name="check"),
    path("results/<int:number>/", checks.result, name="result"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("telemetry/", telemetry.segments, name="segments"),
    path("telemetry/<int:index>/", telemetry.segment, name="segment"),
    path("telemetry/events/<uuid:event_id>/", telemetry.event, name="event"),
    path("telemetry/events/<uuid:event_id>/proof/", telemetry.event_proof, name="event-proof"),
    path(
        "records/nonconformities/", listing.record_list, {"plural": "nonconformities"}, name="nonconformities"
    ),
    path("sightings/", sightings.sightings, name="sightings"),
    path("sightings/<str:slug>/dismiss/", sightings.sighting_dismiss, name="sighting-dismiss"),
    path("statement-of-applicability/", documents.statement, name="statement"),
    path("statement-of-applicability/export.csv", documents.statement_csv, name="statement-csv"),
    path("management-reviews/<reference:reference>/inputs/", documents.review_inputs, name="review-inputs"),
    path("management-reviews/<reference:reference>/gather/", documents.gather_inputs, name="gather-inputs"),
    path("packs/", packs.packs, name="packs"),
    path("packs/<str:handle>/", packs.pack, name="pack"),
    path("packs/<str:handle>/retry/", packs.pack_retry, name="pack-retry"),
    path("packs/<str:handle>/file/", packs.pack_file, name="pack-file"),
    path("work/", overview.my_work, name="my-work"),
    path("search/", overview.search, name="search"),
    path("help/", preferences.guide, name="help"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/sidebar/", preferences.sidebar, name="sidebar"),
    path("preferences/first-steps/", preferences.hide_steps, name="hide-steps"),
    path("records/", overview.all_records, name="records"),
    path("records/<plural:plural>/", listing.record_list, name="record-list"),
    path("records/<plural:plural>/new/", editing.record_new, name="record-new"),
    path("records/<plural:plural>/export.csv", listing.record_export, name="record-export"),
    path("records/<reference:reference>/", record.record, name="record"),
    path("records/<reference:reference>/edit/", editing.record_edit, name="record-edit"),
    path("records/<reference:reference>/history/", history.record_history, name="record-history"),
    path("records/<reference:reference>/moves/<slug:move>/", acts.record_move, name="record-move"),
    path("records/<reference:reference>/comments/", acts.record_comment, name="record-comment"),
    path("records/<reference:reference>/links/", acts.record_link, name="record-link"),
    path("records/<reference:reference>/files/", acts.record_attach, name="record-attach"),
    path("records/<reference:reference>/files/<int:number>/", acts.record_file, name="record-file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<slug:handle>/", imports.job, name="import"),
    path("imports/<slug:handle>/columns/", imports.columns, name="import-columns"),
    path("imports/<slug:handle>/confirm/", imports.confirm, name="import-confirm"),
    path("imports/<slug:handle>/discard/", imports.discard, name="import-discard"),
    path("imports/<slug:handle>/faulty.csv", imports.faulty_rows, name="import-faulty"),
    path("imports/<slug:handle>/map.yaml", imports.map_file, name="import-map"),
    path("trail/", trail.trail, name="trail"),
    path("trail/verification/", trail.verification, name="verification"),
    path("trail/verification/now/", trail.verify_now, name="verify-now"),
    path("trail/checkpoint/", trail.checkpoint_file, name="checkpoint"),
    path("trail/<int:index>/", trail.entry, name="trail-entry"),
    path("trail/<int:index>/proof/", trail.proof_file, name="trail-proof"),
]
