"""The command line: `plumbline VERB`.

Exit codes: 0 done, 1 a problem, 2 wrong usage, 3 a check or proof failed.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

import plumbline
from plumbline.cli import (
    absences,
    acknowledgements,
    backup,
    bulk,
    checks,
    comments,
    competence,
    connectors,
    delivery,
    demo,
    documents,
    erasure,
    files,
    gate,
    imports,
    install,
    merges,
    notices,
    organization,
    output,
    ownership,
    packs,
    plugins,
    postures,
    predicted,
    questionnaires,
    register_export,
    register_import,
    reviews,
    roles,
    samples,
    searches,
    sightings,
    starting_points,
    statements,
    take_back,
    tasks,
    telemetry,
    tokens,
    trail,
    views,
    webhooks,
    witness,
    worker,
)
from plumbline.config import SettingError
from plumbline.kernel.problems import Problem, Unavailable
from plumbline.trail import storage

app = typer.Typer(
    name="plumbline",
    help="Run an AI management system whose record others can check.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
app.command("init")(install.init)
app.command("serve")(install.serve)
app.command("work")(worker.work)
app.command("demo")(demo.demo)
app.command("import")(register_import.import_register)
app.command("export")(register_export.export)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(imports.app, name="imports")
app.add_typer(merges.app, name="merge")
app.add_typer(organization.app, name="organization")
app.add_typer(starting_points.app, name="library")
app.add_typer(tokens.app, name="token")
app.add_typer(roles.app, name="role")
app.add_typer(delivery.app, name="delivery")
app.add_typer(connectors.app, name="connector")
app.add_typer(plugins.app, name="plugin")
app.add_typer(telemetry.app, name="telemetry")
app.add_typer(checks.app, name="check")
app.add_typer(acknowledgements.app, name="acknowledgement")
app.add_typer(competence.app, name="competence")
app.add_typer(bulk.app, name="bulk")
app.add_typer(views.app, name="view")
app.add_typer(sightings.app, name="sighting")
app.add_typer(postures.app, name="posture")
app.command("contradictions")(checks.contradictions)
app.command("predict-findings")(predicted.predict_findings)
app.command("unowned")(ownership.unowned)
app.command("take-back")(take_back.take_back)
app.command("tasks")(tasks.tasks)
app.add_typer(notices.app, name="notice")
app.add_typer(absences.app, name="absence")
app.add_typer(comments.app, name="comment")
app.add_typer(files.app, name="file")
app.add_typer(questionnaires.app, name="assess")
app.command("search")(searches.search)
app.add_typer(webhooks.app, name="webhook")
app.command("results")(checks.results)
app.add_typer(trail.app, name="trail")
app.add_typer(packs.app, name="pack")
app.add_typer(samples.app, name="sample")
app.add_typer(documents.app, name="document")
app.add_typer(erasure.app, name="erasure")
app.add_typer(statements.app, name="statement")
app.add_typer(reviews.app, name="review")
app.command("gate")(gate.gate)
app.command("verify")(trail.verify)
app.add_typer(witness.app, name="witness")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"plumbline {plumbline.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Run an AI management system whose record others can check."""


def _say(problem: Problem) -> None:
    if "--json" in sys.argv:
        print(json.dumps(problem.as_dict()), file=sys.stderr)
        return
    print(f"plumbline: {problem.detail}", file=sys.stderr)
    if problem.remedy:
        print(f"  {problem.remedy}", file=sys.stderr)
    for fault in problem.faults:
        remedy = f" ({fault.remedy})" if fault.remedy else ""
        print(f"  {fault.field or 'input'}: {fault.message}{remedy}", file=sys.stderr)


def _database_errors() -> tuple[type[Exception], ...]:
    """What the database raises, once a command has loaded it."""
    if "django.db" not in sys.modules:
        return ()
    from django.db import DatabaseError

    return (DatabaseError,)


def _run() -> None:
    """Run the command; what the machine refuses becomes a problem that says so."""
    try:
        app()
    except BrokenPipeError:
        raise
    except OSError as error:
        if (problem := storage.problem_of(error)) is not None:
            raise problem from error
        what = error.strerror or str(error) or type(error).__name__
        raise Unavailable(f"{error.filename}: {what}." if error.filename else f"{what}.") from error
    except _database_errors() as error:
        raise storage.problem_of(error) or Unavailable(f"The database cannot be used: {error}.") from error


def main() -> None:
    """Run the command line and turn problems into messages and exit codes."""
    try:
        _run()
    except Problem as problem:
        _say(problem)
        sys.exit(output.EXIT_PROBLEM)
    except SettingError as error:
        print(f"plumbline: {error}", file=sys.stderr)
        sys.exit(output.EXIT_USAGE)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(output.EXIT_PROBLEM)


if __name__ == "__main__":
    main()
