"""The log as one JSON object a line, for what collects logs."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from plumbline.kernel import clock

_FIELDS: Final = ("request_id", "actor", "door", "method", "status", "duration_ms", "outcome")


class JsonFormatter(logging.Formatter):
    """One JSON object a line; secrets were taken out by the handler's filter before."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as an object: time, level, logger, message, the fields of a request, a traceback."""
        document: dict[str, Any] = {
            "time": clock.rfc3339(clock.instant(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        document |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_text:
            document["traceback"] = record.exc_text
        return json.dumps(document, ensure_ascii=False)
