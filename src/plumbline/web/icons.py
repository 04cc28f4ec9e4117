"""Icons of the sprite as inline SVG references."""

from __future__ import annotations

from functools import lru_cache

from django.templatetags.static import static
from django.utils.safestring import SafeString

from plumbline.web.markup import format_html


@lru_cache(maxsize=512)
def icon(name: str, size: str = "") -> SafeString:
    """One icon of the sprite; it says nothing to screen readers, the word beside it does.

    A page has up to two hundred of them, and there are a few dozen different ones: hence the cache.
    """
    return format_html(
        '<svg class="i {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        size,
        static("web/icons.svg"),
        name,
    )
