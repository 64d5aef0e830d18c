"""What one page of the administration shows and does; other rooms hand over those that are theirs."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sse_board.web.identity import Identity

PATH = "/admin"
#: The subject that has the address of the whole.
FIRST = "health"

#: What was asked for, or written into a form.
Fields = Mapping[str, str]
#: What the template is handed. Raises Unavailable, and then nothing is shown.
Show = Callable[[Fields], Awaitable[Mapping[str, Any]]]
#: What a form does: its fields, who sent it, in which request. Raises BoardError.
Submit = Callable[[Fields, Identity, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Form:
    """`done`: what is said when it was taken."""

    submit: Submit
    done: str


@dataclass(frozen=True, slots=True)
class Subject:
    """`name` is in its address, and in the name of its template, `fragments/admin/{name}.html`; `forms` by the
    end of the address that they post to. Events of a `channel` make the page look again: what moves of it is one
    section by itself, `fragments/admin/{name}_part.html`.
    """

    name: str
    title: str
    show: Show
    forms: Mapping[str, Form] = field(default_factory=dict)
    channel: str | None = None

    @property
    def path(self) -> str:
        return PATH if self.name == FIRST else f"{PATH}/{self.name}"

    @property
    def part(self) -> str:
        """The address of what moves."""
        return f"{PATH}/{self.name}/part"
