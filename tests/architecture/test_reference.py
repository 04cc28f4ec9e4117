"""What is declared is documented: the committed reference pages equal the generated ones."""

from __future__ import annotations

import os
import re

from tests.architecture.tree import ROOT, short, texts

from plumbline.cli import reference

FOLDER = ROOT / "docs" / "reference"


def test_reference_pages_are_up_to_date() -> None:
    """`./run reference` writes them anew (by this very test, told to)."""
    if os.environ.get("PLUMBLINE_TEST_WRITE_REFERENCE") == "1":
        reference.write(FOLDER)
    committed = {
        name: (FOLDER / name).read_text(encoding="utf-8") if (FOLDER / name).exists() else ""
        for name in reference.pages()
    }
    stale = [name for name, text in reference.pages().items() if committed[name] != text]
    assert not stale, f"run ./run reference and commit {', '.join(stale)}"


def test_every_link_between_the_documents_leads_somewhere() -> None:
    """A relative link in a Markdown file names a file that exists."""
    dead = [
        f"{short(path)}: {target}"
        for path in texts(".md")
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert not dead
