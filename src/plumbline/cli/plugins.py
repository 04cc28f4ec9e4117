"""`plumbline plugin`: what other distributions add to this installation."""

from __future__ import annotations

from dataclasses import asdict

import typer

from plumbline.cli import output
from plumbline.cli.install import Data, Json
from plumbline.cli.installation import opened

app = typer.Typer(
    no_args_is_help=True, help="What other distributions add to this installation.", rich_markup_mode=None
)


@app.command("list")
def list_plugins(data: Data = None, json: Json = False) -> None:
    """List the plugins that are installed here, and what each declares.

    Example: plumbline plugin list
    """
    opened(data)
    from plumbline.connectors import port
    from plumbline.controls import registry as checks
    from plumbline.metrics import registry as metrics
    from plumbline.records import kinds
    from plumbline.server import plugins

    def of(app_path: str, module: str) -> bool:
        return module == app_path or module.startswith(f"{app_path}.")

    rows = [
        {
            **asdict(plugin),
            "kinds": [kind.slug for kind in kinds.all_kinds() if of(plugin.app, kind.model.__module__)],
            "checks": [one.slug for one in checks.all_checks() if of(plugin.app, one.function.__module__)],
            "metrics": [one.name for one in metrics.all_metrics() if of(plugin.app, one.function.__module__)],
            "connectors": [one.slug for one in port.all_connectors() if of(plugin.app, one.read.__module__)],
        }
        for plugin in plugins.installed()
    ]
    if json:
        output.as_json(rows)
        return
    header = ("name", "app", "distribution", "version", "kinds", "checks", "metrics", "connectors")
    output.table(header, [[", ".join(v) if isinstance(v, list) else v for v in row.values()] for row in rows])
