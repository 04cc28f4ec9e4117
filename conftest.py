"""What every test session needs before Django reads its settings.

Each session (and each worker of pytest-xdist) gets a data folder of its own, removed at the end. With
``PLUMBLINE_TEST_POSTGRES=1`` the session also gets a throw-away PostgreSQL server from the package
index, shared by its workers, whose databases pytest-django names apart.

The clock stands still for all of them, at one instant (see ``tests/clock``).

`DJANGO_SETTINGS_MODULE` is set here and not in pyproject.toml, because pytest-django would otherwise
read the settings before this file is run.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import clock, postgresql

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DOORS = ("api", "records", "trail")
PROCESSES = ("cli", "journeys", "run", "wheel")
"""Rooms of tests that start processes of the product."""
DATABASE = {"db", "transactional_db"}
WORKER = "PYTEST_XDIST_WORKER" in os.environ


def _forget_settings() -> None:
    """Drop settings of the surrounding shell: a test must not depend on, nor touch, a real installation."""
    for name in list(os.environ):
        if name.startswith("PLUMBLINE_") and not name.startswith("PLUMBLINE_TEST_"):
            del os.environ[name]


def _data_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="plumbline-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


_database = os.environ.get("PLUMBLINE_DATABASE", "") if WORKER else ""
_forget_settings()
os.environ["PLUMBLINE_DATA"] = str(_data_folder())
if os.environ.get("PLUMBLINE_TEST_POSTGRES") == "1":
    os.environ["PLUMBLINE_DATABASE"] = _database or postgresql.server()
# What is thrown away need not outlive a crash either; the number must still be that of an open file.
os.fsync = os.fstat  # type: ignore[assignment]
clock.stop()
os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.server.settings"
# Playwright keeps an event loop running in the thread of the browser tests; their ORM calls are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

import django  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()  # at once, so that the models are known before any other conftest is imported
from plumbline.identity import roles  # noqa: E402
from plumbline.prepared import statements  # noqa: E402

statements.compare = 8  # as often each statement that is bound is held against Django's own, in every process
_default = settings.DATABASES["default"]
if "sqlite" in _default["ENGINE"]:
    # A file, as in an installation: threads of one in-memory database would meet locks of its own.
    _default.setdefault("TEST", {})["NAME"] = str(settings.PLUMBLINE.data / "test.db")
    _default["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"  # as above: it need not outlive a crash


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let the workers of pytest-xdist read this file before the settings, as their parent did."""
    if not WORKER and session.config.getoption("dist", "no") != "no":
        del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Tell pure tests and those of the doors from the rest, and begin with the slow ones.

    Those that begin last must be short, or one worker would work alone at the end.
    """
    for item in items:
        room = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        names = {*getattr(item, "fixturenames", ())}
        if room in DOORS:
            item.add_marker("contract")
        elif not (room in PROCESSES or item.get_closest_marker("django_db") or names & DATABASE):
            item.add_marker("pure")
    # Marks come before `-m` chooses by them, the order after everybody else has made theirs.
    yield
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _groups_of_kinds() -> dict[str, frozenset[str]]:
    """Which kinds of record the roles have, by the group in which they have them."""
    return {group: frozenset(roles.kinds_of(group)) for group in roles.GROUPS}


_settings_of_the_session = settings.PLUMBLINE
_groups_of_the_session = _groups_of_kinds()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """A setting that outlives its test would be that of every test after it, and so would a data folder."""
    yield
    left, settings.PLUMBLINE = settings.PLUMBLINE, _settings_of_the_session
    assert left == _settings_of_the_session, "set what a test needs by the fixture `settings`"
    assert not left.guard_file.exists(), "a trail was begun in the folder of the session"
    assert _groups_of_kinds() == _groups_of_the_session, "a kind that a test took out is in nobody's hands"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without Chromium a browser test is skipped with the remedy; in CI that is a failure, never a skip."""
    if item.get_closest_marker("browser") is None or any(map(shutil.which, BROWSERS)):
        return
    message = "no Chromium was found; install it (Debian, Ubuntu: apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
