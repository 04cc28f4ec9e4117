"""Charts with the sentence and the figures that belong to them."""

from __future__ import annotations

from typing import Annotated

from django.utils.safestring import SafeString

from plumbline.web.charts import validity_bar
from plumbline.web.components.declaration import component
from plumbline.web.markup import format_html


@component(
    "{% chart bar %}62% of the validity has passed.{% endchart %}", lambda: {"bar": validity_bar(0.62)}
)
def chart(
    content: Annotated[SafeString, "What it shows, as text: the chart is for shape, the text for fact."],
    drawing: Annotated[SafeString, "The SVG that plumbline.web.charts or plumbline.web.trend drew."],
) -> SafeString:
    """A chart with its text under it."""
    return format_html('<div class="pad">{}<p class="xs muted">{}</p></div>', drawing, content)
