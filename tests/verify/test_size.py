"""The verifier stays small enough to be read in one sitting."""

import ast
import io
import tokenize
from pathlib import Path

VERIFIER = Path(__file__).parents[2] / "src" / "plumbline_verify" / "verify.py"


def code_lines(source: str) -> int:
    """Lines that hold code: no blank lines, no comments, no docstrings."""
    ignored = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in ignored:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            text = node.body[0]
            lines -= set(range(text.lineno, (text.end_lineno or text.lineno) + 1))
    return len(lines)


def test_the_verifier_stays_small():
    """The count in the promise: 300 while documents, samples and erasures went unchecked (decision 23)."""
    assert code_lines("'''x'''\n\n# c\ndef f():\n    '''y\n    z'''\n    return (1,\n 2)\n") == 3
    assert code_lines(VERIFIER.read_text()) <= 532


def test_the_verifier_imports_only_the_standard_library():
    """It must run where nothing is installed."""
    names = {
        alias.name
        for node in ast.walk(ast.parse(VERIFIER.read_text()))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert names == {
        "argparse",
        "base64",
        "csv",
        "hashlib",
        "io",
        "json",
        "mmap",
        "multiprocessing",
        "re",
        "struct",
        "zlib",
    }
