"""Pages of the demonstration, rendered by the whole of Django, against the bare shell of a page.

The anchor is the page of help: it has navigation, seal and theme as every page has, and nothing computed.
The promises are about CPU time, which for a page without a network is what its reader waits for on an idle
machine.

    python bench/pages.py [--repetitions 15]
"""

from __future__ import annotations

import gc
import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import installation
import table
from table import Promise, Row, Scale

SHELL = "/help/"
HOME_CPU_MS, HUB_CPU_MS, RECORD_CPU_MS = 40.0, 60.0, 35.0
EMAIL = "mina.okafor@halden.example"
"""The AIMS manager of the demonstration, who sees all of it."""


def load_demo(folder: Path) -> None:
    """The demonstration, loaded by a command of its own; this process then reads its data folder."""
    words = ["demo", "--no-serve", "--data", str(folder), "--port", str(installation.free_port())]
    subprocess.run([*installation.PLUMBLINE, *words], check=True, capture_output=True)
    os.environ |= {"PLUMBLINE_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "plumbline.server.settings"}
    from plumbline.cli.installation import configure, start_django

    configure(folder)
    start_django()
    # As the server does when it starts (`plumbline.server.asgi`).
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def addresses() -> Iterator[tuple[str, str, Promise | None]]:
    """What is opened: a name, an address, and what is promised."""
    yield "home", "/", Promise("cpu", HOME_CPU_MS)
    yield "hub: AI system", "/records/SYS-0001/", Promise("cpu", HUB_CPU_MS)
    yield "hub: risk", "/records/RSK-0001/", Promise("cpu", HUB_CPU_MS)
    yield "hub: supplier", "/records/SUP-0001/", Promise("cpu", HUB_CPU_MS)
    yield "hub: control", "/controls/A.6.2.6/", Promise("cpu", HUB_CPU_MS)
    yield "a record (document)", "/records/DOC-0001/", Promise("cpu", RECORD_CPU_MS)
    yield "a list of records", "/records/risks/", None
    yield "live checks, the grid", "/checks/", Promise("cpu", HUB_CPU_MS)
    yield "live checks, the list", "/checks/?view=list", None


def open_page(browser: Any, address: str) -> None:
    """Open a page that has to be there. Raises `SystemExit`."""
    answer = browser.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def rows(scale: Scale) -> Iterator[Row]:
    """Each page against the bare shell."""
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as name:
        load_demo(Path(name) / "demo")
        browser = installation.browser(EMAIL)
        for page, address, promise in addresses():
            here, anchor = table.compare(
                partial(open_page, browser, address),
                partial(open_page, browser, SHELL),
                scale.repetitions,
            )
            yield Row(f"page: {page}", "the shell of a page", here, anchor, promise)


if __name__ == "__main__":
    table.run(rows)
