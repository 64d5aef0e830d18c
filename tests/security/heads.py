"""The beginnings of requests, as they stand on the wire."""

HOST = b"Host: example.org\r\n"
LOGIN = b"POST /api/v1/auth/login HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
BOARDS = b"GET /api/v1/boards HTTP/1.1\r\n" + HOST
STREAM = b"GET /api/v1/stream?channels=leaderboard:overall HTTP/1.1\r\n" + HOST + b"\r\n"
UPGRADE = (
    b"GET /api/ws HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
