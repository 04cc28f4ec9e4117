"""What the data folder says of the demonstration: begun here, or whole.

Read before anything is written, so that the demonstration never gets into a record of somebody's own.
"""

from __future__ import annotations

from plumbline.config import Config
from plumbline.trail.private_files import write_private

_BEGUN, _WHOLE = "demo.begun", "demo.complete"


def is_begun(config: Config) -> bool:
    """Whether this data folder was made for the demonstration."""
    return (config.data / _BEGUN).exists() or is_whole(config)


def note_begun(config: Config) -> None:
    """Write down that this data folder is for the demonstration."""
    write_private(config.data / _BEGUN, b"")


def is_whole(config: Config) -> bool:
    """Whether the whole demonstration is in this data folder."""
    return (config.data / _WHOLE).exists()


def note_whole(config: Config) -> None:
    """Write down that nothing of the demonstration is missing, so that the next start is quick."""
    write_private(config.data / _WHOLE, b"")
