"""Record what an AI system decides and send it to Plumbline, without ever standing in its way."""

from plumbline_sdk.recorder import Decision, Recorder
from plumbline_sdk.redaction import redact_text
from plumbline_sdk.sender import Refusal, Statistics

__version__ = "0.1.0"
__all__ = ["Decision", "Recorder", "Refusal", "Statistics", "redact_text"]
