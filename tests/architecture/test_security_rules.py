"""Rules of SECURITY.md that are read off the source."""

from __future__ import annotations

import ast
import re

from tests.architecture.tree import SOURCE, files, modules, parsed, short


def _calls() -> list[tuple[str, str]]:
    return [
        (f"{short(path)}:{node.lineno}", ast.unparse(node.func))
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
    ]


def test_yaml_is_loaded_safely() -> None:
    """`yaml.safe_load` and nothing else: other loaders make objects out of what they read."""
    wrong = re.compile(
        r"yaml\.(load|load_all|full_load\w*|unsafe_load\w*|Loader|FullLoader|UnsafeLoader|CLoader)"
    )
    assert not [
        f"{short(path)}:{node.lineno} {ast.unparse(node)}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and wrong.fullmatch(ast.unparse(node))
    ]


def test_nothing_is_unpickled_or_evaluated() -> None:
    words = ("pickle.", "marshal.", "shelve.", "eval", "exec", "os.system", "os.popen", "__import__")
    assert not [
        f"{place} {name}"
        for place, name in _calls()
        if name in words or name.startswith(tuple(word for word in words if word.endswith(".")))
    ]


def test_links_come_from_the_configured_address() -> None:
    """The Host header is the visitor's word: nothing is built from it."""
    banned = ("build_absolute_uri", "get_host", "get_current_site")
    assert not [f"{place} {name}" for place, name in _calls() if name.split(".")[-1] in banned]


def test_templates_switch_escaping_off_nowhere() -> None:
    """Sanitised Markdown and drawn charts are marked safe where they are made, never in a template."""
    assert not [
        short(path)
        for path in SOURCE.rglob("*.html")
        if re.search(r"\|\s*safe\b|autoescape\s+off|safeseq", path.read_text(encoding="utf-8"))
    ]


VERIFIER = SOURCE / "plumbline_verify" / "verify.html"


def test_templates_hold_no_inline_scripts_or_styles() -> None:
    """The Content-Security-Policy would refuse them; this says so before a browser does."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
    assert not [
        f"{short(path)}: {match.group(0).strip()}"
        for path in SOURCE.rglob("*.html")
        if path != VERIFIER  # one file on its own; its policy allows what has the stated hashes
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]


def test_nothing_of_another_host_is_loaded() -> None:
    """Pages work without the internet and tell nobody that they are open."""
    outside = re.compile(
        r"(?:src|href)\s*=\s*[\"'](?:https?:)?//[^\"']+\.(?:js|css|woff2?|png|svg)|url\(['\"]?https?:"
    )
    assert not [
        short(path)
        for ending in ("*.html", "*.css")
        for path in SOURCE.rglob(ending)
        if outside.search(path.read_text(encoding="utf-8"))
    ]


def test_no_secret_is_committed() -> None:
    """No key, token or environment file is in the tree."""
    names = re.compile(r"\.(pem|key|p12|pfx)$|^\.env|secret$")
    assert not [short(path) for path in files() if names.search(path.name)]
