"""An export as one file: a zip of its folder, written as a whole or not at all, and read without trust.

What the manifest names is taken out, each file under the name and up to the size that the manifest gives it;
a file that holds anything else is refused. So no name leads out of the folder, no link is followed, and a
small file cannot become a large one that nobody stated.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Conflict, Invalid
from plumbline.portability import manifest
from plumbline.portability.whole_folder import disk_full_is_said

SUFFIX: Final = ".zip"
_BLOCK: Final = 1_048_576
_FIXED: Final = (1980, 1, 1, 0, 0, 0)


def is_archive(path: Path) -> bool:
    """Whether ``path`` is meant as one file."""
    return path.suffix == SUFFIX


def pack(folder: Path, target: Path) -> None:
    """Write the export in ``folder`` into the new file ``target``. Raises `Conflict` and `Unavailable`."""
    if target.exists():
        raise Conflict(
            say(
                "portability.file-taken", "{file} is there already; nothing is overwritten.", file=str(target)
            )
        )
    new = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        with disk_full_is_said(target), new.open("xb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                    info = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _FIXED)
                    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                    with file.open("rb") as source, archive.open(info, "w", force_zip64=True) as member:
                        shutil.copyfileobj(source, member, _BLOCK)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(new, target)  # fails where a file is, so of two writers one is second
    except FileExistsError:
        raise Conflict(
            say(
                "portability.file-taken", "{file} is there already; nothing is overwritten.", file=str(target)
            )
        ) from None
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def unpacked(source: Path) -> Iterator[Path]:
    """The folder of an export, whether it is one or lies in a file. Raises `Invalid` for any other file."""
    if source.is_dir():
        yield source
        return
    with TemporaryDirectory(prefix="plumbline-import-") as name:
        try:
            with disk_full_is_said(Path(name)), zipfile.ZipFile(source) as archive:
                _take_out(archive, Path(name))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
            # The last of them is what a member says that is encrypted, or packed in a way nobody here knows.
            raise _refused(source.name, "is no whole zip file") from None
        yield Path(name)


def _refused(place: str, what: str) -> Invalid:
    return manifest.refused(place, what, "take a copy that is whole, or export again")


def _take_out(archive: zipfile.ZipFile, folder: Path) -> None:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(set(names)) < len(names) or manifest.NAME not in names:
        raise _refused(manifest.NAME, "is missing, or a name stands twice in the file")
    for member in members:
        if (member.external_attr >> 16) & 0o170000 not in (0, 0o100000):
            raise _refused(member.filename, "is a link or no ordinary file")
    _copy(archive, manifest.NAME, folder / manifest.NAME, manifest.LARGEST)
    sizes = _sizes(folder)
    if more := sorted(set(names) - set(sizes) - {manifest.NAME}):
        raise _refused(more[0], "is not named in the manifest")
    for place, size in sizes.items():
        if place not in names:
            raise _refused(place, "is missing")
        target = folder / place
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(archive, place, target, size)


def _sizes(folder: Path) -> dict[str, int]:
    """Size by place, from a manifest whose places `manifest.read` has found plain."""
    value: dict[str, Any] = json.loads((folder / manifest.NAME).read_bytes())
    format = str(value.get("format")) if isinstance(value, dict) else ""
    found = manifest.read(folder, {format: "an export"})
    return {file.place: file.size for file in found.files}


def _copy(archive: zipfile.ZipFile, name: str, target: Path, limit: int) -> None:
    written = 0
    with archive.open(name) as source, target.open("xb") as stream:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > limit:
                raise _refused(name, "is longer than its manifest says")
            stream.write(block)
