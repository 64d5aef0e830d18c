"""What every page of the site follows besides its own channels, on the same stream. Pure."""

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlencode

#: For everybody, and for whoever is logged in.
FOR_ALL = ("system",)
FOR_VIEWERS = ("user:me:notifications", "user:me:achievements")
#: So many channels a page leaves free on its stream.
RESERVED_CHANNELS = len(FOR_ALL) + len(FOR_VIEWERS)

#: Where all streams are.
STREAM = "/api/v1/stream"


def page_stream(channels: Iterable[str], **more: object) -> str:
    """The one stream of a page: frames of HTML, unless `format` says otherwise; `limit`: rows of a window."""
    return _stream({"channels": ",".join(channels), "format": "html", **more})


def told_channels(viewer: object | None) -> str:
    """Their names, as a list of channels is written."""
    return ",".join((*FOR_ALL, *(FOR_VIEWERS if viewer else ())))


def followed(stream_url: str, viewer: object | None) -> str:
    """The stream of a page and of what its viewer is told; `stream_url` is empty for a page without channels."""
    query = dict(parse_qsl(stream_url.partition("?")[2])) or {"format": "html"}
    own = query.pop("channels", "")
    channels = ",".join(filter(None, (own, told_channels(viewer))))
    return _stream({"channels": channels, **query})


def _stream(query: Mapping[str, object]) -> str:
    return f"{STREAM}?{urlencode(query, safe=':,*')}"
