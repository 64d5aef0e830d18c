"""A page as a list of its tags, with what is wrong about their nesting."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"base", "br", "hr", "img", "input", "link", "meta"}


@dataclass(slots=True)
class Tag:
    name: str
    attributes: dict[str, str]
    parents: tuple[str, ...]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


class Markup(HTMLParser):
    """Strict where browsers are lenient: a tag that is closed wrongly or an attribute given twice raises."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self._open: list[Tag] = []
        self.feed(html)
        self.close()
        if self._open:
            raise ValueError(f"<{self._open[-1].name}> is never closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if len(attributes) != len(attrs):
            raise ValueError(f"<{tag}> has an attribute twice")
        self.tags.append(Tag(tag, attributes, tuple(one.name for one in self._open)))
        if tag not in VOID:
            self._open.append(self.tags[-1])

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop().name != tag:
            raise ValueError(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            tag.pieces.append(data)

    def named(self, name: str) -> list[Tag]:
        return [tag for tag in self.tags if tag.name == name]

    def with_class(self, name: str) -> list[Tag]:
        return [tag for tag in self.tags if name in tag.attributes.get("class", "").split()]

    def by_id(self, name: str) -> Tag:
        (found,) = [tag for tag in self.tags if tag.attributes.get("id") == name]
        return found
