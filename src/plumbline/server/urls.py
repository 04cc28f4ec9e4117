"""Which door answers which address."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []
if find_spec("plumbline.api.urls"):
    urlpatterns.append(path("api/v1/", include("plumbline.api.urls")))
urlpatterns.append(path("", include("plumbline.web.urls")))

handler400 = "plumbline.server.error_handlers.bad_request"
handler403 = "plumbline.web.errors.denied"
handler404 = "plumbline.web.errors.not_found"
handler500 = "plumbline.server.error_handlers.server_error"
