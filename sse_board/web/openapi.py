"""`GET /api/openapi.json`: what the API takes and gives, for programs. It is written in `docs/openapi.yaml`."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board import ROOT
from sse_board.web.answers import encode
from sse_board.web.negotiation import MEDIA_TYPES, etag_matches

DOCUMENT = ROOT / "docs" / "openapi.yaml"
#: The parser in C, where PyYAML has it, needs a fifth of the time.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class OpenApi:
    """Read and encoded once, off the event loop, when somebody asks first: it takes a tenth of a second, for which
    no start needs to wait. The tag is the content's own, so it outlives restarts."""

    def __init__(self, path: Path = DOCUMENT) -> None:
        self._path = path
        self._body = b""
        self._headers: dict[str, str] = {}

    def routes(self) -> list[Route]:
        return [Route("/api/openapi.json", self.document, methods=["GET"])]

    async def document(self, request: Request) -> Response:
        if not self._body:
            self._body = await asyncio.to_thread(lambda: encode(read_document(self._path)))
            self._headers = _headers(self._body)
        if etag_matches(request, self._headers["ETag"]):
            return Response(status_code=304, headers=self._headers)
        return Response(self._body, 200, self._headers, MEDIA_TYPES["json"])


def _headers(body: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:16]}"',
        "Cache-Control": "no-cache",
        "Access-Control-Allow-Origin": "*",  # viewers and generators run on pages of any origin
    }


def read_document(path: Path = DOCUMENT) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (both are safe)
    return document
