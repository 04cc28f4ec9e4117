"""The addresses of the pages. They are bookmarked and sent to others: a change of one is a promise broken."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from plumbline.web import converters, pages

register_converter(converters.Reference, "reference")
register_converter(converters.Plural, "plural")
register_converter(converters.Number, "control")
register_converter(converters.RequirementId, "requirement")

urlpatterns: list[URLPattern] = [path(entry.path, entry.view, name=entry.name) for entry in pages.declared()]
