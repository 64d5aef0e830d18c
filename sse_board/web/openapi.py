"""`GET /api/openapi.json`: what the API takes and gives, for programs. It is written in `docs/openapi.yaml`."""

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
#: The parser in C, where PyYAML has it, needs a fifth of the time; every process reads the document at its start.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class OpenApi:
    """Read and encoded once; the tag is the content's own, so it outlives restarts."""

    def __init__(self, path: Path = DOCUMENT) -> None:
        self._body = encode(read_document(path))
        self._headers = {
            "ETag": f'"{hashlib.sha256(self._body).hexdigest()[:16]}"',
            "Cache-Control": "no-cache",
            "Access-Control-Allow-Origin": "*",  # viewers and generators run on pages of any origin
        }

    def routes(self) -> list[Route]:
        return [Route("/api/openapi.json", self.document, methods=["GET"])]

    async def document(self, request: Request) -> Response:
        if etag_matches(request, self._headers["ETag"]):
            return Response(status_code=304, headers=self._headers)
        return Response(self._body, 200, self._headers, MEDIA_TYPES["json"])


def read_document(path: Path = DOCUMENT) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (both are safe)
    return document
