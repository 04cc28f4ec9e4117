"""A forgery and a rollback, tried on a copy of an installation and seen to be refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from plumbline.config import Config
from plumbline.kernel.problems import Conflict, Unavailable

DATABASE = "plumbline.db"
FORGED = "Nothing to worry about"
_PASSING = ("*.sock", "*.lock", "*-shm", "packs", "attachments")
_SHOWN = 12
"""Lines of an answer that are shown, the last ones: the findings of a scrub end it."""


@dataclass(frozen=True)
class Answer:
    """What a command on the copy answered: its exit code, and what it said."""

    code: int
    said: str


class Copy:
    """A copy of an installation on SQLite, with its guard, that is gone at the end."""

    def __init__(self, data: Path, guard: Path) -> None:
        """``data`` is the folder of the copy, ``guard`` its file of the guard."""
        self.data, self._guard = data, guard

    def run(self, *words: str) -> Answer:
        """Run one command of Plumbline on the copy, as somebody at a shell would."""
        surroundings: Mapping[str, str] = {**os.environ, "PLUMBLINE_GUARD": str(self._guard)}
        command = [sys.executable, "-m", "plumbline.cli.main", *words, "--data", str(self.data)]
        done = subprocess.run(command, env=surroundings, check=False, capture_output=True, text=True)
        # Progress goes to the other stream, where a refusal stands alone.
        return Answer(done.returncode, done.stdout or done.stderr)

    def ask(self, statement: str, *values: object) -> list[tuple[str, ...]]:
        """Run one SQL statement on the database of the copy, behind the product's back."""
        with closing(sqlite3.connect(self.data / DATABASE)) as database, database:
            return database.execute(statement, values).fetchall()

    def keep(self, kept: Path) -> None:
        """Write the database, as it is now, to ``kept``."""
        with closing(sqlite3.connect(self.data / DATABASE)) as now, closing(sqlite3.connect(kept)) as copied:
            now.backup(copied)

    def put_back(self, kept: Path) -> None:
        """Put ``kept`` in the place of the database."""
        for left in self.data.glob(f"{DATABASE}-*"):
            left.unlink()
        shutil.copyfile(kept, self.data / DATABASE)


@contextmanager
def copied(config: Config) -> Iterator[Copy]:
    """A copy of the installation, of which nobody may be writing. Raises `Conflict` for PostgreSQL."""
    if config.database:
        raise Conflict("This is shown on an installation with SQLite only.")
    with tempfile.TemporaryDirectory(prefix="plumbline-forgery-") as folder:
        data, guard = Path(folder) / "data", Path(folder) / "guard" / config.guard_file.name
        shutil.copytree(config.data, data, ignore=shutil.ignore_patterns(*_PASSING))
        guard.parent.mkdir()
        shutil.copyfile(config.guard_file, guard)
        yield Copy(data, guard)


def show(config: Config, tell: Callable[[str], None]) -> None:
    """Forge a record and restore an older database, and ``tell`` what the product answers to each.

    Raises `Unavailable` if either goes unnoticed, `Conflict` where it cannot be shown.
    """
    with copied(config) as copy:
        tell("All of this happens on a copy, which is deleted at the end.")
        _show_forgery(copy, tell)
        _show_rollback(copy, tell)


def _show_forgery(copy: Copy, tell: Callable[[str], None]) -> None:
    risks = copy.ask("SELECT reference, title FROM records_record WHERE kind = 'risk' ORDER BY id LIMIT 1")
    if not risks:
        raise Conflict("There is no risk that could be forged.")
    reference, title = risks[0]
    tell(f"\n1. Somebody with a database shell gives {reference} another title: {FORGED!r} for {title!r}.")
    copy.ask("UPDATE records_record SET title = ? WHERE reference = ?", FORGED, reference)
    _require_noticed(copy.run("trail", "scrub"), "plumbline trail scrub", reference, tell)
    copy.ask("UPDATE records_record SET title = ? WHERE reference = ?", title, reference)


def _show_rollback(copy: Copy, tell: Callable[[str], None]) -> None:
    ((email,),) = copy.ask("SELECT email FROM identity_person WHERE is_active ORDER BY id LIMIT 1")
    issue = ("token", "issue", "--scope", "read", "--for", email)
    older = copy.data / "older.db"
    copy.keep(older)
    tell("\n2. The database is kept, a token is issued and signed for, and the older database is put back.")
    for words in (issue, ("work", "--once")):
        done = copy.run(*words)
        if done.code:
            raise Unavailable(f"The copy could not be worked with: {done.said.strip()[-300:]}")
    copy.put_back(older)
    _require_noticed(copy.run(*issue), "plumbline token issue", "The guard has seen", tell)
    told = copy.run("trail", "recover", "--dry-run")
    tell(_indented("plumbline trail recover --dry-run", told))


def _require_noticed(answer: Answer, command: str, word: str, tell: Callable[[str], None]) -> None:
    if not answer.code or word not in answer.said:
        raise Unavailable(f"This went unnoticed. The answer of {command}: {answer.said.strip()[-300:]}")
    tell(_indented(command, answer))


def _indented(command: str, answer: Answer) -> str:
    lines = [line for line in answer.said.splitlines() if line.strip()][-_SHOWN:]
    return "\n".join([f"   $ {command}   (exit code {answer.code})", *(f"   {line}" for line in lines)])
