"""`plumbline demo`: a believable organization, from an empty folder to the browser."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.cli import install, output
from plumbline.cli.install import Data, Json
from plumbline.cli.opening import configure, is_initialised, server_lock, start_django
from plumbline.config import Config, keep
from plumbline.kernel.problems import Problem, Unavailable

if TYPE_CHECKING:
    import uvicorn

_EMAIL, _NAME, _ORGANIZATION = "mina.okafor@halden.example", "Mina Okafor", "Halden Insurance"


def demo(
    data: Data = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", show_default=False)] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="A blank organization with a first-steps list.")
    ] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load, then end.")] = False,
    json: Json = False,
    tell: Annotated[bool, typer.Option("--tell", hidden=True)] = False,
) -> None:
    """Make and serve a demonstration: an invented insurer with people, records and six weeks of decisions.

    Running it again goes on where it stopped. Ctrl-C ends the server; the data stay.

    Example: plumbline demo --port 8042 --data ./demo-data
    """
    config = configure(data or Path("plumbline-demo"), port=port)
    if tell:
        _tell(config)
        return
    if not is_initialised(config):
        output.note(f"Making an installation in {config.data}")
        keep(config.data, organization="Your organization" if empty else _ORGANIZATION)
        config = configure(config.data, port=port)
        install.make(config, *((install.EMAIL, install.NAME) if empty else (_EMAIL, _NAME)))
    else:
        start_django()
        install.migrate()
    with server_lock(config):
        failures: list[Problem] = []
        install.run_server(
            config, lambda server: _load(config, server, _Wishes(empty, no_serve, json), failures)
        )
    if failures:
        raise failures[0]


@dataclass(frozen=True)
class _Wishes:
    empty: bool
    no_serve: bool
    json: bool


def _have_told(config: Config) -> None:
    """Load in a process of its own, so that the server keeps none of the memory that loading takes."""
    words = ["demo", "--tell", "--data", str(config.data), "--port", str(config.port)]
    if subprocess.run([sys.executable, "-m", "plumbline.cli.main", *words], check=False).returncode:
        raise Unavailable("The demonstration was not loaded whole. Run it again to go on where it stopped.")


def _tell(config: Config) -> None:
    start_django()
    from plumbline.demo import story

    story.records(output.Progress)
    if story.telemetry(config, f"http://{config.host}:{config.port}", output.Progress):
        output.note("Judging what was sent")
        story.settle()
    story.note_told(config)


def _load(config: Config, server: uvicorn.Server, wishes: _Wishes, failures: list[Problem]) -> None:
    """Beside the running server: load what is missing, then say where it is."""
    from django.db import connections

    from plumbline.demo import send, story

    address = f"http://{config.host}:{config.port}"
    try:
        send.wait_for(address)
        if not wishes.empty and not story.is_told(config):
            _have_told(config)
        link = story.sign_in_link(config)
        if wishes.json:
            output.as_json({"sign_in": link})
        else:
            print(f"Plumbline is ready at {link}", flush=True)
    except Problem as problem:
        failures.append(problem)
        server.should_exit = True
    finally:
        connections.close_all()
    if wishes.no_serve:
        server.should_exit = True
