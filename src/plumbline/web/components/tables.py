"""Tables that become lists on a phone, and lists of fields."""

from __future__ import annotations

from typing import Annotated

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from plumbline.web.components.declaration import component
from plumbline.web.markup import format_html, format_html_join

_TABLE = (
    '{% table "System" "State" label="AI systems" %}'
    '{% row %}{% cell is_head=True %}Claims Triage{% endcell %}{% cell label="State" %}'
    '{% state "Effective" %}{% endcell %}'
    "{% endrow %}{% endtable %}"
)


@component(_TABLE)
def table(
    content: Annotated[SafeString, "Its rows."],
    *columns: Annotated[str, "The headings of the columns; an empty one is a column of actions."],
    label: Annotated[str, "What the table lists, for screen readers."],
    css: Annotated[str, "Its classes beside tbl."] = "lst listed",
) -> SafeString:
    """A table with headings. It keeps its roles where the style sheet turns it into a list."""
    heads = format_html_join(
        "",
        '<th scope="col" role="columnheader">{}</th>',
        ((column or format_html('<span class="vh">{}</span>', "Act"),) for column in columns),
    )
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="tbl {}" role="table">'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead>'
        '<tbody role="rowgroup">{}</tbody></table></div>',
        # A card around it often has the same name, and two landmarks must not share one.
        gettext("Table: {name}").format(name=label),
        css,
        heads,
        content,
    )


@component(_TABLE.replace("AI systems", "Rows"))
def row(
    content: Annotated[SafeString, "Its cells."],
    can_open: Annotated[bool, "Whether the keys J, K and Enter reach it."] = False,
) -> SafeString:
    """A row of a table."""
    return format_html('<tr role="row"{}>{}</tr>', SafeString(" data-row") if can_open else "", content)


@component(_TABLE.replace("AI systems", "Cells"))
def cell(
    content: Annotated[SafeString, "What stands in it."],
    label: Annotated[str, "The heading that stands before it on a phone; empty for none."] = "",
    css: Annotated[str, "Classes: soft, num (figures, right), nw (no line break), ref."] = "",
    is_head: Annotated[bool, "Whether it names the row."] = False,
) -> SafeString:
    """A cell of a row."""
    named = format_html(' data-label="{}"', label) if label else ""
    classes = format_html(' class="{}"', css) if css else ""
    if is_head:
        return format_html('<th scope="row" role="rowheader"{}{}>{}</th>', classes, named, content)
    return format_html('<td role="cell"{}{}>{}</td>', classes, named, content)


_FIELDS = '{% field_list %}{% field_row "Owner" %}Ada Berg{% endfield_row %}{% endfield_list %}'


@component(_FIELDS)
def field_list(
    content: Annotated[SafeString, "Its field rows."],
    is_wide: Annotated[
        bool, "Whether labels and values stand far apart, as in the middle of a page."
    ] = False,
) -> SafeString:
    """Fields with their values, one below the other."""
    return format_html('<dl class="pr{}">{}</dl>', " wide" if is_wide else "", content)


@component(_FIELDS)
def field_row(
    content: Annotated[SafeString, "The value; empty content reads as nothing."],
    label: Annotated[str, "What the field is called."],
    is_block: Annotated[bool, "Whether the value takes the whole width, as prose does."] = False,
) -> SafeString:
    """One field of a list of fields: its label and its value."""
    return format_html(
        "<dt>{}</dt><dd{}>{}</dd>", label, SafeString(' class="block"') if is_block else "", content
    )
