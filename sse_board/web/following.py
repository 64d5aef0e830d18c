"""What every page of the site follows besides its own channels, on the same stream. Pure."""

from urllib.parse import parse_qsl, urlencode

#: For everybody, and for whoever is logged in.
FOR_ALL = ("system",)
FOR_VIEWERS = ("user:me:notifications", "user:me:achievements")
#: So many channels a page leaves free on its stream.
RESERVED_CHANNELS = len(FOR_ALL) + len(FOR_VIEWERS)

STREAM = "/api/v1/stream"


def followed(stream_url: str, viewer: object | None) -> str:
    """The stream of a page and of what its viewer is told; `stream_url` is empty for a page without channels."""
    query = dict(parse_qsl(stream_url.partition("?")[2])) or {"format": "html"}
    own = [name for name in query.pop("channels", "").split(",") if name]
    names = [*own, *FOR_ALL, *(FOR_VIEWERS if viewer else ())]
    return f"{STREAM}?{urlencode({'channels': ','.join(names), **query}, safe=':,*')}"
