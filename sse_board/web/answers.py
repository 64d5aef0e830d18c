"""The envelope that every answer comes in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sse_board.errors import BoardError

_encoder = msgspec.json.Encoder(decimal_format="number", uuid_format="canonical")


def encode(data: Any) -> bytes:
    """Compact JSON; decimals as plain numbers."""
    return _encoder.encode(data)


def plain_number(value: Decimal) -> int | Decimal:
    """The number without needless decimals: 95, 95.5."""
    return int(value) if value == value.to_integral_value() else value.normalize()


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return encode(content)


def ok(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Json:
    return Json({"success": True, "data": data}, status, headers)


def failure(error: BoardError, request_id: str) -> Json:
    body: dict[str, Any] = {"code": error.code, "message": error.message, "requestId": request_id}
    if error.details is not None:
        body["details"] = error.details
    return Json({"success": False, "error": body}, error.status, error.headers)


def request_id(request: Request) -> str:
    """The id that the middleware gave this request."""
    identifier: str = request.scope["state"]["request_id"]
    return identifier
