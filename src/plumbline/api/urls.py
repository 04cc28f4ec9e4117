"""The addresses of the API: everything under ``/api/v1/`` goes to its one door, unknown addresses too."""

from __future__ import annotations

from django.urls import URLPattern, re_path

from plumbline.api.dispatch import dispatch

# Also an address with a line break in it: without that Django would answer it, in HTML.
urlpatterns: list[URLPattern] = [re_path(r"^(?P<path>[\s\S]*)\Z", dispatch, name="api")]
