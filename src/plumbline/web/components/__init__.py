"""The parts that pages are built from: one module and, where it has markup of its own, one template each.

Templates use them as tags after ``{% load components %}``. What a parameter means is said where it is
declared; `/help/components/` shows every component with that text and a rendered example.
"""

from __future__ import annotations

# Importing a module declares its components, so that whoever asks for them finds all.
from plumbline.web.components import figures, form_fields, states, surfaces, tables
from plumbline.web.components.declaration import Component, Parameter, declared

__all__ = ["Component", "Parameter", "declared", "figures", "form_fields", "states", "surfaces", "tables"]
