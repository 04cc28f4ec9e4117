"""Pages as trees of tags, read with the standard library."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Page(HTMLParser):
    """What tests ask of a page: its tags with their attributes, its headings, its labels and fields."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag; remember what the policy would refuse."""
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "style" or (tag == "script" and "src" not in given) or "style" in given:
            self.inline.append(f"<{tag}>")
        self.inline += [f"{tag} {name}" for name in given if name.startswith("on")]
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself, as in SVG."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Every end tag belongs to the tag opened last."""
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.crossed.append(f"</{tag}> after {self.open[-3:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data

    @property
    def prose(self) -> str:
        """The text as a browser shows it: any run of white space is one space."""
        return " ".join(self.text.split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    def values(self, attribute: str) -> list[str]:
        """The values of an attribute over all tags."""
        return [attrs[attribute] for _, attrs in self.tags if attribute in attrs]


def read(html: str | bytes) -> Page:
    """``html`` as a page."""
    page = Page()
    page.feed(html.decode() if isinstance(html, bytes) else html)
    return page
