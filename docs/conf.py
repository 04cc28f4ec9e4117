"""The documents as one site with search: ``./run docs`` builds it; in the gate a warning is an error.

What a folder's README lists is its table of contents, so that a page is listed once, for readers of the
repository and of the site alike. A page that no README lists is an error.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

from plumbline import __version__  # noqa: E402

project = "Plumbline"
copyright = "the Plumbline contributors, Apache-2.0"
release = version = __version__
extensions = ["myst_parser"]
root_doc = "README"
exclude_patterns = ["diagrams.py"]
html_theme = "furo"
html_title = f"Plumbline {__version__}"
html_logo = "../src/plumbline/web/static/web/mark.svg"
html_theme_options = {"source_directory": "docs/"}
myst_heading_anchors = 3
myst_enable_extensions = ["fieldlist"]
# Links that leave the folder docs lead to files of the repository, which are no pages of the site.
suppress_warnings = ["myst.xref_missing"]

_LINK = re.compile(r"\]\((?!https?:|mailto:|#|\.\./)([^)#\s]+)\.md\)")


def _add_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """Give every README the table of contents that its own links are."""
    if docname.rpartition("/")[2] != "README":
        return
    pages = dict.fromkeys(_LINK.findall(source[0]))
    if pages:
        source[0] += "\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"


def _add_front_door(app: Sphinx, error: Exception | None) -> None:
    """Let the folder itself open on the first page, which the repository calls README."""
    if error is None:
        target = (
            '<!doctype html><meta http-equiv="refresh" content="0; url=README.html"><title>Plumbline</title>'
        )
        (Path(app.outdir) / "index.html").write_text(target, encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Register what this file adds to Sphinx."""
    app.connect("source-read", _add_contents)
    app.connect("build-finished", _add_front_door)
