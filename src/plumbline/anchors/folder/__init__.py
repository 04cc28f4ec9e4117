"""A folder on another volume or host: one file for each checkpoint, written once and never replaced."""

from __future__ import annotations

import os
from pathlib import Path

from plumbline.anchors.port import Anchor, AnchorFailed, Contradiction, Received, Submission, Target
from plumbline.config import Config
from plumbline.kernel.messages import say
from plumbline.kernel.note import Note, TreeHead

LARGEST = 65_536


def file_name(origin: str, size: int) -> str:
    """The name of a checkpoint's file; names sort by size."""
    return f"{origin.replace('/', '_')}-{size:019d}.checkpoint"


def _targets(config: Config) -> list[Target]:
    return [Target("folder", config.anchor_folder)] if config.anchor_folder else []


def _send(config: Config, target: Target, submission: Submission) -> Received:
    folder, checkpoint = Path(target.address), submission.checkpoint
    origin = TreeHead.parse(Note.parse(checkpoint.note).text).origin
    try:
        # Never made here: where a volume is not mounted, there would be a folder on the wrong one.
        if not folder.is_dir():
            raise AnchorFailed(say("anchors.no-folder", "The folder is not there. Mount it, or make it."))
        prefix = file_name(origin, 0).removesuffix(f"{0:019d}.checkpoint")
        files = sorted(file.name for file in folder.iterdir() if file.name.startswith(prefix))
        remembered = [(folder / name).read_text(encoding="utf-8")[:LARGEST] for name in files[-1:]]
        _write_once(folder / file_name(origin, checkpoint.size), checkpoint.note)
    except (OSError, UnicodeDecodeError) as error:
        kind = type(error).__name__
        raise AnchorFailed(
            say("anchors.folder-unusable", "The folder cannot be used ({kind}).", kind=kind)
        ) from error
    return Received(remembered=remembered)


def _write_once(file: Path, note: str) -> None:
    """Write ``note``, durably. Raises `Contradiction` when another checkpoint of this size lies there."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        present = file.read_text(encoding="utf-8")
        # A write that was cut off is completed; what is whole is compared.
        if note.startswith(present):
            file.write_text(note, encoding="utf-8")
            return
        if Note.parse(present).text != Note.parse(note).text:
            head = TreeHead.parse(Note.parse(present).text)
            reason = say("anchors.folder-differs", "It holds another checkpoint of this size.")
            raise Contradiction(reason, head.size, head.root) from error
        return
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())


ANCHOR = Anchor(
    slug="folder",
    title="Folder on another path",
    shows=say(
        "anchors.folder-shows",
        "Shows a rewritten history to whoever keeps that folder, unless whoever rewrites it can write there.",
    ),
    remedy=say("anchors.folder-remedy", "Set PLUMBLINE_ANCHOR_FOLDER to a folder on another volume."),
    targets=_targets,
    send=_send,
    is_outside=False,
    often=True,
)
