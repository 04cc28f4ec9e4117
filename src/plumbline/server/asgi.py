"""One address, two applications: ingest paths go to the raw ingest door, everything else to Django.

Django runs under WSGI in a pool of threads, which was measured to carry three to four times the load of its
ASGI handler with less memory (decision 4). The two buffering middlewares around it keep slow clients from
those threads (decision 13): responses outermost, because a request that is refused for its body is answered
by the inner one.
"""

from __future__ import annotations

import gc
import os

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.server.settings")
wsgi = get_wsgi_application()

from plumbline.api.raw_body import Receive, Scope, Send  # noqa: E402 - as above
from plumbline.api.telemetry import application as ingest  # noqa: E402 - needs Django set up
from plumbline.server import operators  # noqa: E402 - as above
from plumbline.server.proxies import TrustedProxies  # noqa: E402 - as above
from plumbline.server.request_buffering import (  # noqa: E402 - as above
    FORM_OVERHEAD,
    BufferRequestMiddleware,
)
from plumbline.server.request_log import RequestLog  # noqa: E402 - as above
from plumbline.server.response_buffering import BufferResponseMiddleware, with_file_wrapper  # noqa: E402 - as above

INGEST_PATHS = frozenset({"/api/v1/telemetry/batches", "/v1/traces", "/v1/logs", "/v1/metrics"})
_threads = WSGIMiddleware(with_file_wrapper(wsgi), workers=8)
_buffered_requests = BufferRequestMiddleware(
    _threads, settings.PLUMBLINE.upload_limit + FORM_OVERHEAD, settings.PLUMBLINE.body_timeout
)
_pages = BufferResponseMiddleware(_buffered_requests, settings.PLUMBLINE.data)
_operators = operators.OperatorDoor(settings.PLUMBLINE)

gc.collect()
gc.freeze()  # modules stay for good, so collections look only at what requests leave behind
gc.set_threshold(20_000, 20, 20)  # one batch makes thousands of objects that disappear with it


async def _doors(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and scope["path"] in operators.PATHS:
        await _operators(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] in INGEST_PATHS:
        await ingest(scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


# Outermost, so that both doors see the visitor and not the proxy.
application = TrustedProxies(
    RequestLog(_doors), settings.PLUMBLINE.proxy_networks, settings.PLUMBLINE.proxy_header
)
"""The ASGI application of an installation."""
