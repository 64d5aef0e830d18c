"""Avatars: taken as data URLs, kept in PostgreSQL, served under an address that changes with them."""

import base64
import binascii
import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.images import IMAGE_BYTES, Picture, recognise
from sse_board.errors import NotFound
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.negotiation import etag_matches

#: Four characters for three bytes, and room for `data:image/…;base64,`: characters.
DATA_URL_LENGTH = IMAGE_BYTES * 4 // 3 + 64
#: The address names the picture's checksum, so a browser never needs to ask again: seconds.
LONG_CACHE = "public, max-age=31536000, immutable"


def parse_avatar(data_url: str) -> Picture:
    """The picture in `data:image/png;base64,…`; its bytes say what it is. Raises ValueError."""
    header, _, encoded = data_url.partition(",")
    if not header.startswith("data:") or not header.endswith(";base64"):
        raise ValueError("The avatar must be a data URL: data:image/png;base64,…")
    if len(data_url) > DATA_URL_LENGTH:
        raise ValueError(f"The picture must have at most {IMAGE_BYTES // 1024} KiB.")
    try:
        return recognise(base64.b64decode(encoded, validate=True))
    except binascii.Error:
        raise ValueError("The avatar is not valid base64.") from None


def checksum_of(picture: Picture) -> str:
    return hashlib.sha256(picture.image).hexdigest()[:16]


async def store_avatar(connection: Connection, user_id: str, picture: Picture | None) -> str | None:
    """Replace or remove the picture and `users.avatar_url` in the caller's transaction; the new address."""
    queries = Queries("accounts")
    if picture is None:
        await connection.execute(queries.delete_avatar, {"user_id": user_id})
        url = None
    else:
        checksum = checksum_of(picture)
        values = {"user_id": user_id, "media_type": picture.media_type, "checksum": checksum}
        await connection.execute(queries.store_avatar, {**values, "image": picture.image})
        url = f"/avatars/{user_id}?v={checksum}"
    await connection.execute(queries.set_avatar_url, {"user_id": user_id, "avatar_url": url})
    return url


class Avatars:
    """`GET /avatars/{userId}`."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._queries = Queries("accounts")

    def routes(self) -> list[BaseRoute]:
        return [Route("/avatars/{user_id:uuid}", self.get, methods=["GET"])]

    async def get(self, request: Request) -> Response:
        row = await self._postgres.one(self._queries.find_avatar, user_id=str(request.path_params["user_id"]))
        if row is None:
            raise NotFound()
        media_type, image, checksum = row
        headers = _headers(checksum, request.query_params.get("v"))
        if etag_matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(image, 200, headers, media_type)


def _headers(checksum: str, asked: str | None) -> dict[str, str]:
    """A picture can be made to hold a page; neither sniffing nor scripts may bring it to life."""
    return {
        "ETag": f'"{checksum}"',
        "Cache-Control": LONG_CACHE if asked == checksum else "public, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
