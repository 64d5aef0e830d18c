"""JSON logs: one line an event, with the id of the request that it belongs to."""

import logging
import sys
from contextvars import ContextVar
from typing import Any

import msgspec
import structlog

#: The request that this task serves; empty outside of requests.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def configure_logging(level: str) -> None:
    """Send structlog and the standard library's loggers to stderr as JSON lines."""
    shared: list[Any] = [
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_to_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_to_text),
            ],
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        )
    )
    logging.getLogger("uvicorn.error").addFilter(_is_our_fault)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelName(level), logging.WARNING))


def _is_our_fault(record: logging.LogRecord) -> bool:
    """Whether it is worth a line: a client that sends broken text is told by a close code; no traceback."""
    return not record.getMessage().startswith("Invalid UTF-8 sequence received")


def _add_request_id(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    if identifier := request_id.get():
        event["request_id"] = identifier
    return event


def _to_json(event: Any, **_: Any) -> bytes:
    return msgspec.json.encode(event, enc_hook=repr)


def _to_text(event: Any, **_: Any) -> str:
    return _to_json(event).decode()
