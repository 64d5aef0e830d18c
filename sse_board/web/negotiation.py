"""Which face of a resource the client wants."""

from collections.abc import Mapping

from starlette.requests import Request

from sse_board.errors import InvalidRequest, NotAcceptable

MEDIA_TYPES: Mapping[str, str] = {
    "json": "application/json",
    "html": "text/html",
    "csv": "text/csv",
    "text": "text/plain",
}


def choose_face(request: Request, offered: tuple[str, ...]) -> str:
    """The face that `?format=` names or `Accept` prefers; the first offered when neither says.

    Raises InvalidRequest for an unknown `format`, NotAcceptable when `Accept` rules all of them out.
    """
    asked = request.query_params.get("format")
    if asked is not None:
        if asked not in offered:
            raise InvalidRequest(f"`format` must be one of {', '.join(offered)}.", details={"format": asked})
        return asked
    return _preferred(_joined(request, "accept") or "*/*", offered)


def _joined(request: Request, name: str) -> str:
    """A list may be spread over several lines of the same name (RFC 9110 §5.3)."""
    return ", ".join(request.headers.getlist(name))


def _preferred(accept: str, offered: tuple[str, ...]) -> str:
    ranges = [_media_range(part) for part in accept.split(",") if part.strip()]
    weights = [_quality(ranges, MEDIA_TYPES[face]) for face in offered]
    best = max(weights, default=0.0)
    if best <= 0:
        raise NotAcceptable(details={"offered": [MEDIA_TYPES[face] for face in offered]})
    return offered[weights.index(best)]


def _media_range(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _quality(ranges: list[tuple[str, float]], media_type: str) -> float:
    """The weight of the most specific range that matches (RFC 9110 §12.5.1)."""
    family = media_type.partition("/")[0] + "/*"
    for wanted in (media_type, family, "*/*"):
        for name, quality in ranges:
            if name == wanted:
                return quality
    return 0.0


def etag_matches(request: Request, etag: str) -> bool:
    """Whether `If-None-Match` names this version (weak comparison, RFC 9110 §13.1.2)."""
    return names_tag(_joined(request, "if-none-match").encode("latin-1"), etag.encode("latin-1"))


def names_tag(header: bytes, etag: bytes) -> bool:
    """Whether a list of tags has this one, or stands for all."""
    if header == etag:
        return True
    bare = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (bare, b"*") for tag in header.split(b","))
