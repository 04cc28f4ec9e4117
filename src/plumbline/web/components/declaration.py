"""How a component is declared: a function whose parameters say what they mean, and perhaps a template.

The function gets the parameters of the tag and returns the context of its template,
``web/components/<name>.html``, or (where a template would cost more than the markup) the markup itself. A
first parameter called ``content`` makes it a block: ``{% card title %}…{% endcard %}``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

register = template.Library()
"""The tags of ``{% load components %}``."""
Context = Mapping[str, object]
F = TypeVar("F", bound=Callable[..., "SafeString | Context"])


@dataclass(frozen=True)
class Parameter:
    """One parameter of a component: its type and default as written, and what it means."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Component:
    """A declared component. ``example`` is template text, rendered with what ``given`` returns."""

    name: str
    function: Callable[..., SafeString | Context]
    example: str
    given: Callable[[], Context]

    @property
    def is_block(self) -> bool:
        """Whether it stands around content."""
        return next(iter(inspect.signature(self.function).parameters), "") == "content"

    @cached_property
    def meaning(self) -> str:
        """What it is for: the docstring."""
        return " ".join((inspect.getdoc(self.function) or "").split())

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters in order, read off the function; one without a meaning has an empty one."""
        hints = get_type_hints(self.function, include_extras=True)
        return tuple(
            Parameter(
                f"*{name}" if parameter.kind is inspect.Parameter.VAR_POSITIONAL else name,
                _type(hints[name]),
                "" if parameter.default is inspect.Parameter.empty else repr(parameter.default),
                next((text for text in get_args(hints[name])[1:] if isinstance(text, str)), "")
                if get_origin(hints[name]) is Annotated
                else "",
            )
            for name, parameter in inspect.signature(self.function).parameters.items()
        )


def _type(hint: Any) -> str:
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return bare.__name__ if isinstance(bare, type) else str(bare).replace("typing.", "")


_declared: dict[str, Component] = {}


def declared() -> tuple[Component, ...]:
    """Every component by name; the package imports the modules that declare them."""
    return tuple(_declared[name] for name in sorted(_declared))


def component(example: str, given: Callable[[], Context] = dict) -> Callable[[F], F]:
    """Declare a component by the name of its function. Raises ``ValueError`` for a name that is taken."""

    def declare(function: F) -> F:
        name = function.__name__
        if name in _declared:
            raise ValueError(f"two components are called {name}")
        entry = _declared[name] = Component(name, function, example, given)

        @wraps(function)
        def rendered(*args: object, **kwargs: object) -> SafeString:
            found = function(*args, **kwargs)
            if isinstance(found, SafeString):
                return found
            # get_template is cached by the loader; a component is rendered without the page's context, so
            # that what it shows is in its parameters and nowhere else.
            return SafeString(get_template(f"web/components/{name}.html").render(dict(found)))

        tag = register.simple_block_tag if entry.is_block else register.simple_tag
        tag(rendered, name=name)
        return function

    return declare
