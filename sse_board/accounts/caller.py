"""From where somebody logs in: what the list of logins shows."""

from dataclasses import dataclass

from starlette.requests import Request

#: Longer `User-Agent` headers are cut, characters.
AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Caller:
    address: str
    agent: str


def caller_of(request: Request) -> Caller:
    agent = request.headers.get("user-agent", "").replace("\0", "")
    return Caller(request.client.host if request.client else "", agent[:AGENT_LENGTH])
