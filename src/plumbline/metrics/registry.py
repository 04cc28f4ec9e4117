"""All metrics in one place. Importing this module declares those that come with Plumbline.

A plugin's metrics join them when its application is loaded, which is why nothing here is remembered.
"""

from __future__ import annotations

import importlib
import pkgutil

from plumbline.metrics import declare, library
from plumbline.metrics.declare import Metric

# Found by the folder's listing, so that a new module of metrics cannot be forgotten in a list of imports.
for _module in pkgutil.iter_modules(library.__path__):
    importlib.import_module(f"{library.__name__}.{_module.name}")


def all_metrics() -> tuple[Metric, ...]:
    """Every declared metric, by name."""
    return tuple(declare.REGISTERED[name] for name in sorted(declare.REGISTERED))


def get(name: str) -> Metric | None:
    """The metric called ``name``; None if there is none."""
    return declare.REGISTERED.get(name)
