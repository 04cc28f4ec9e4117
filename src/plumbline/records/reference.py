"""kind → its page of the reference, in Markdown."""

from __future__ import annotations

from plumbline.records import schema
from plumbline.records.forms import form_class
from plumbline.records.kinds import Kind


def of_kind(kind: Kind) -> str:
    """The reference page of one kind: what it is, its fields, its workflow."""
    lines = [
        f"## {kind.names[:1].upper()}{kind.names[1:]}",
        "",
        kind.text,
        "",
        f"References start with `{kind.prefix}-`; command line and trail say `{kind.slug}`, addresses "
        f"`{kind.plural}`. Clause {kind.clause}. Evidence for: {', '.join(f'`{r}`' for r in kind.requirements)}.",
        "",
        "| field | type | required | meaning |",
        "|---|---|---|---|",
    ]
    required = set(schema.of_kind(kind)["required"])
    for name, field in form_class(kind).base_fields.items():
        shape = schema.of_field(field)
        word = shape["type"] if isinstance(shape["type"], str) else shape["type"][0]
        choices = [str(item) for item in shape.get("enum", []) if item]
        meaning = str(field.help_text).replace("|", "\\|") + (
            f" One of: {', '.join(choices)}." if choices else ""
        )
        lines.append(f"| `{name}` | {word} | {'yes' if name in required else 'no'} | {meaning.strip()} |")
    lines += ["", f"Workflow *{kind.workflow.name}*: {' → '.join(kind.workflow.states)}.", ""]
    for move in kind.workflow.moves:
        asks = [
            word
            for word, on in (
                ("approval by somebody who did not write it", move.approves),
                ("somebody independent", move.independent),
                ("a reason", move.reason),
            )
            if on
        ]
        tail = f" Needs {' and '.join(asks)}." if asks else ""
        lines.append(f"- `{move.name}`: {' or '.join(move.sources)} → {move.target}.{tail}")
    return "\n".join(lines) + "\n"
