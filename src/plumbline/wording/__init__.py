"""Words out: a message becomes a sentence, in the reader's language.

The rest of the product handles messages (`plumbline.kernel.messages`) as data; only here do they become text.
A language is one module in `languages` (how it writes days, figures and lists) and one gettext catalogue.
"""

from plumbline.wording.rendering import PLAIN, Formatter, english, render

__all__ = ["PLAIN", "Formatter", "english", "render"]
