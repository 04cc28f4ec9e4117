"""The addresses of the pages. They are bookmarked and sent to others: a change of one is a promise broken."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, register_converter

from plumbline.web import converters
from plumbline.web.components import page as component_page
from plumbline.web.home import health, overview, preferences
from plumbline.web.imports import pages as import_pages
from plumbline.web.records import actions, detail, history, lists
from plumbline.web.records import forms as record_forms
from plumbline.web.reports import documents, packs
from plumbline.web.requirements import checks, evidence
from plumbline.web.requirements import pages as requirement_pages
from plumbline.web.telemetry import pages as telemetry_pages
from plumbline.web.telemetry import sightings
from plumbline.web.trail import pages as trail_pages

register_converter(converters.Reference, "reference")
register_converter(converters.Plural, "plural")
register_converter(converters.Number, "control")
register_converter(converters.RequirementId, "requirement")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", health.home, name="home"),
    path("controls/", requirement_pages.controls, name="controls"),
    path("controls/<control:number>/", requirement_pages.control, name="control"),
    path("clauses/", requirement_pages.clauses, name="clauses"),
    path("requirements/<requirement:requirement_id>/", requirement_pages.requirement, name="requirement"),
    path("checks/", checks.checks, name="checks"),
    path("checks/<slug:slug>/<str:subject>/", checks.check, name="check"),
    path("results/<int:number>/", checks.result, name="result"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("telemetry/", telemetry_pages.segments, name="segments"),
    path("telemetry/<int:index>/", telemetry_pages.segment, name="segment"),
    path("telemetry/events/<uuid:event_id>/", telemetry_pages.event, name="event"),
    path("telemetry/events/<uuid:event_id>/proof/", telemetry_pages.event_proof, name="event-proof"),
    path(
        "records/nonconformities/", lists.record_list, {"plural": "nonconformities"}, name="nonconformities"
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
    path("help/components/", component_page.components, name="components"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/sidebar/", preferences.sidebar, name="sidebar"),
    path("preferences/first-steps/", preferences.hide_steps, name="hide-steps"),
    path("records/", overview.all_records, name="records"),
    path("records/<plural:plural>/", lists.record_list, name="record-list"),
    path("records/<plural:plural>/new/", record_forms.record_new, name="record-new"),
    path("records/<plural:plural>/export.csv", lists.record_export, name="record-export"),
    path("records/<reference:reference>/", detail.record, name="record"),
    path("records/<reference:reference>/edit/", record_forms.record_edit, name="record-edit"),
    path("records/<reference:reference>/history/", history.record_history, name="record-history"),
    path("records/<reference:reference>/moves/<slug:move>/", actions.record_move, name="record-move"),
    path("records/<reference:reference>/comments/", actions.record_comment, name="record-comment"),
    path("records/<reference:reference>/links/", actions.record_link, name="record-link"),
    path("records/<reference:reference>/files/", actions.record_attach, name="record-attach"),
    path("records/<reference:reference>/files/<int:number>/", actions.record_file, name="record-file"),
    path("imports/", import_pages.imports, name="imports"),
    path("imports/<slug:handle>/", import_pages.job, name="import"),
    path("imports/<slug:handle>/columns/", import_pages.columns, name="import-columns"),
    path("imports/<slug:handle>/confirm/", import_pages.confirm, name="import-confirm"),
    path("imports/<slug:handle>/discard/", import_pages.discard, name="import-discard"),
    path("imports/<slug:handle>/faulty.csv", import_pages.faulty_rows, name="import-faulty"),
    path("imports/<slug:handle>/map.yaml", import_pages.map_file, name="import-map"),
    path("trail/", trail_pages.trail, name="trail"),
    path("trail/verification/", trail_pages.verification, name="verification"),
    path("trail/verification/now/", trail_pages.verify_now, name="verify-now"),
    path("trail/checkpoint/", trail_pages.checkpoint_file, name="checkpoint"),
    path("trail/<int:index>/", trail_pages.entry, name="trail-entry"),
    path("trail/<int:index>/proof/", trail_pages.proof_file, name="trail-proof"),
]
