"""The YAML of a map → names and texts. Pure.

Every scalar is read as text, so that ``No``, ``2024-10-01`` and ``007`` mean what they say; anchors, which a
map has no use for, and names that stand there twice are refused.
"""

from __future__ import annotations

from typing import Any

import yaml

from plumbline.kernel.messages import say
from plumbline.kernel.problems import Fault, Malformed, TooLarge

MAP_LIMIT = 262_144  # bytes


class _Texts(yaml.SafeLoader):
    """The safe loader with every plain scalar left as text, double names and anchors refused."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.constructor.ConstructorError(None, None, "has an alias", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for name, _ in node.value:
            if not isinstance(name, yaml.ScalarNode) or name.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, "has a name twice or a name that is no text", name.start_mark
                )
            seen.add(name.value)
        return super().construct_mapping(node, deep)


def words_in(text: str) -> Any:
    """What the YAML of a map says, every word as text. Raises `Malformed` and `TooLarge`."""
    if len(text.encode("utf-8", "surrogatepass")) > MAP_LIMIT:
        raise TooLarge(
            "The map was not read.",
            [
                Fault(
                    "map",
                    say("fault.over-bytes", "is over {limit} bytes", limit=MAP_LIMIT),
                    "shorten it",
                )
            ],
        )
    try:
        loader = _Texts(text)
        try:
            found = loader.get_single_data()
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}" if mark is not None else "the text"
        what = getattr(error, "problem", None) or "is no YAML"
        raise Malformed(
            "The map cannot be read.",
            [
                Fault(
                    "map",
                    say("imports.map-line", "{line}: {what}", line=line, what=what),
                    "see the example map",
                )
            ],
        ) from None
    return found
