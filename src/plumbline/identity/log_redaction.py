"""Secrets that must not reach a log: tokens and addresses that let somebody in, even when a request fails.

Logs are copied, shipped and read by many. A secret in an address or a traceback would outlive its page there.
"""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(
    r"((?:/|%2F)(?:sign-in(?:/|%2F)(?:link|invitation|reset)|calendar)(?:/|%2F))[^\s?&\"']+"
    r"|(\bplb_[0-9a-f]+_)[0-9a-f]+",
    re.I,
)
_traceback = logging.Formatter().formatException


def redact_secrets(text: str) -> str:
    """``text`` with the secrets in it replaced by an ellipsis."""
    return _SECRETS.sub(lambda match: f"{match[1] or match[2]}…", text)


class RedactSecretsFilter(logging.Filter):
    """Logging filter that every handler carries: the message, and a traceback's text, without secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite ``record``; it is never dropped."""
        message = record.getMessage()
        hidden = redact_secrets(message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        # The traceback is rendered here, because the handler would otherwise render it after this filter.
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = _traceback(record.exc_info)
        if record.exc_text:
            record.exc_text = redact_secrets(record.exc_text)
        return True
