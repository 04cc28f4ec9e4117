"""``{% load components %}``: the tags of `plumbline.web.components`."""

from plumbline.web.components import figures, form_fields, states, surfaces, tables
from plumbline.web.components.declaration import register

__all__ = ["figures", "form_fields", "register", "states", "surfaces", "tables"]
