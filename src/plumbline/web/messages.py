"""Messages on pages: sentences of the product in the reader's language, with links on what they name.

A record is named by its title with the reference beside it, a system by its title, a requirement by its
number. What the reader may not see has no title here and so no link; whether it may be named at all was
decided when the message was redacted (`plumbline.kernel.messages.redact`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.safestring import SafeString

from plumbline.identity.actors import Actor
from plumbline.kernel import messages
from plumbline.kernel.messages import Message, Ref, Requirement, Subject, Text
from plumbline.records import names as record_names
from plumbline.web import cells
from plumbline.web.components.states import record_link
from plumbline.web.markup import escaped, format_html, joined
from plumbline.web.systems import Systems, system_names
from plumbline.wording import Formatter, render


class VisibleNames:
    """Titles of the records and systems that one reader may see, looked up when they are first needed.

    A view that shows many messages calls `learn` with all of them, so that the page costs one query for the
    records and one for the systems; a message that was not announced costs its own.
    """

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._titles: dict[str, str] = {}
        self._asked: set[str] = set()
        self._systems: Systems | None = None

    def learn(self, texts: Iterable[Text | None]) -> None:
        """Look up the records that ``texts`` name, all in one query."""
        named = [name for text in texts if isinstance(text, Message) for name in messages.names(text)]
        self.learn_references(name.reference for name in named if isinstance(name, Ref))

    def learn_references(self, references: Iterable[str]) -> None:
        """Look up the titles of those of ``references`` that were not looked up before."""
        new = set(references) - self._asked
        if new:
            self._asked |= new
            self._titles |= record_names.titles(self._actor, new)

    def tell(self, titles: Mapping[str, str]) -> None:
        """Take over titles of visible records that a query of the page has read already."""
        self._asked |= titles.keys()
        self._titles |= titles

    def title(self, reference: str) -> str:
        """The title of a record; empty when the reader may not see it, or it does not exist."""
        self.learn_references([reference])
        return self._titles.get(reference, "")

    @property
    def systems(self) -> Systems:
        """Title and address of every system that the reader may see."""
        if self._systems is None:
            self._systems = system_names(self._actor)
        return self._systems

    def system(self, slug: str) -> tuple[str, str]:
        """Title and address of a system; the slug and no address when the reader may not see it."""
        return self.systems.get(slug, (slug, ""))


class _LinkFormatter(Formatter):
    """Names become links; everything else is escaped."""

    def __init__(self, names: VisibleNames) -> None:
        self._names = names

    def text(self, text: str) -> str:
        return escaped(text)

    def join(self, parts: Sequence[str]) -> str:
        return joined(parts)

    def record(self, name: Ref) -> str:
        title = self._names.title(name.reference)
        return record_link(title, name.reference, cells.record_href(name.reference) if title else "")

    def system(self, name: Subject) -> str:
        return _link(*self._names.system(name.slug))

    def requirement(self, name: Requirement) -> str:
        return _link(name.id.rpartition(":")[2], cells.requirement_href(name.id))


class _TitleFormatter(Formatter):
    """Plain text for attributes: titles before references, ``Chat Assist (SYS-0002)``."""

    def __init__(self, names: VisibleNames) -> None:
        self._names = names

    def record(self, name: Ref) -> str:
        title = self._names.title(name.reference)
        return f"{title} ({name.reference})" if title else name.reference

    def system(self, name: Subject) -> str:
        return self._names.system(name.slug)[0]


def _link(text: str, href: str) -> SafeString:
    if not href:
        return escaped(text)
    return format_html('<a class="lnk" href="{}">{}</a>', href, text)


def to_html(message: Text, names: VisibleNames, *, shown: int | None = None) -> SafeString:
    """A message with links; ``shown`` shortens its listings. A text is escaped and left as it is."""
    if isinstance(message, Message):
        names.learn([message])
    return SafeString(render(message, _LinkFormatter(names), shown=shown))


def to_text(message: Text, names: VisibleNames, *, shown: int | None = None) -> str:
    """A message as plain text with titles, for attributes, headings and titles."""
    if isinstance(message, Message):
        names.learn([message])
    return render(message, _TitleFormatter(names), shown=shown)
