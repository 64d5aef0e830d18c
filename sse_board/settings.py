"""Every setting: its environment variable, default and help. The only reader of the environment."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class SettingsError(Exception):
    """One line that says which variable is wrong and what it takes."""


@dataclass(frozen=True, slots=True)
class Key:
    """A named secret. The first of a list signs, all of them verify."""

    id: str
    secret: bytes = field(repr=False)


def _text(raw: str) -> str:
    return raw


def _positive(raw: str) -> int:
    value = int(raw)
    if value <= 0:
        raise ValueError("a whole number above 0")
    return value


def _port(raw: str) -> int:
    value = int(raw)
    if not 0 <= value <= 65535:
        raise ValueError("a port from 0 to 65535")
    return value


def _optional_port(raw: str) -> int | None:
    return _port(raw) if raw else None


def _names(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _origins(raw: str) -> tuple[str, ...]:
    origins = tuple(origin.rstrip("/").lower() for origin in _names(raw))
    if any("://" not in origin for origin in origins):
        raise ValueError("origins such as https://example.org, separated by commas")
    return origins


def _level(raw: str) -> str:
    if raw.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
        raise ValueError("one of DEBUG, INFO, WARNING, ERROR, CRITICAL")
    return raw.upper()


#: 256 bits: as long as the output of SHA-256, which is what RFC 7518 §3.2 asks of an HS256 key.
KEY_BYTES = 32


def _keys(raw: str) -> tuple[Key, ...]:
    keys = tuple(_key(part) for part in _names(raw))
    if len({key.id for key in keys}) != len(keys):
        raise ValueError("a different id for each key")
    return keys


def _key(part: str) -> Key:
    name, _, encoded = part.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        secret = b""
    if not name.isalnum() or len(secret) < KEY_BYTES:
        raise ValueError(f"id:base64 pairs of at least {KEY_BYTES} bytes, separated by commas")
    return Key(name, secret)


def _setting(variable: str, default: str, parse: Callable[[str], Any], help: str) -> Any:
    return field(metadata={"variable": variable, "default": default, "parse": parse, "help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the process was told at its start; never changed afterwards."""

    database_url: str = _setting("DATABASE_URL", "", _text, "PostgreSQL, as a libpq URL or key=value string")
    redis_url: str = _setting("REDIS_URL", "", _text, "Redis or Valkey: redis://…, rediss://… or unix://…")
    host: str = _setting("HOST", "127.0.0.1", _text, "address that the web processes listen on")
    port: int = _setting("PORT", "8000", _port, "port that the web processes listen on")
    metrics_port: int | None = _setting(
        "METRICS_PORT",
        "",
        _optional_port,
        "first port for bare Prometheus metrics, one for each web process; none when empty",
    )
    jwt_keys: tuple[Key, ...] = _setting(
        "JWT_KEYS", "", _keys, "id:base64,… for tokens; the first signs, all verify"
    )
    action_keys: tuple[Key, ...] = _setting(
        "ACTION_KEYS", "", _keys, "id:base64,… from which players' action keys are derived"
    )
    allowed_origins: tuple[str, ...] = _setting(
        "ALLOWED_ORIGINS", "", _origins, "foreign origins that may call with credentials, separated by commas"
    )
    forwarded_allow_ips: str = _setting(
        "FORWARDED_ALLOW_IPS", "127.0.0.1", _text, "proxies whose X-Forwarded-For is believed"
    )
    admin_username: str = _setting("ADMIN_USERNAME", "", _text, "an admin that `migrate` makes sure exists")
    admin_email: str = _setting("ADMIN_EMAIL", "", _text, "the admin's address")
    admin_password: str = field(
        repr=False,
        metadata={
            "variable": "ADMIN_PASSWORD",
            "default": "",
            "parse": _text,
            "help": "the admin's password",
        },
    )
    actions_per_minute: int = _setting(
        "RATE_LIMIT_ACTIONS_PER_MINUTE", "10", _positive, "score actions a minute per player"
    )
    requests_per_minute: int = _setting(
        "RATE_LIMIT_IP_PER_MINUTE",
        "1000",
        _positive,
        "requests a minute per address, or per user with a token",
    )
    stream_limit: int = _setting("STREAM_LIMIT", "20000", _positive, "live streams per process")
    stream_limit_per_ip: int = _setting(
        "STREAM_LIMIT_PER_IP", "1000", _positive, "live streams per address and process"
    )
    stream_max_age: int = _setting(
        "STREAM_MAX_AGE", "1800", _positive, "seconds after which a stream ends, less up to 20 %"
    )
    board_tick_ms: int = _setting(
        "BOARD_TICK_MS", "100", _positive, "least milliseconds between two frames of a busy board"
    )
    heartbeat_seconds: int = _setting(
        "HEARTBEAT_SECONDS", "15", _positive, "silence on a stream after which a heartbeat is sent"
    )
    drain_seconds: int = _setting("DRAIN_SECONDS", "8", _positive, "time for streams to end at a shutdown")
    session_min_seconds: int = _setting(
        "SESSION_MIN_SECONDS", "3", _positive, "least age of a practice run that may be scored"
    )
    log_level: str = _setting("LOG_LEVEL", "INFO", _level, "DEBUG, INFO, WARNING, ERROR or CRITICAL")


def load_settings(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """Settings from the environment; `overrides` (by field name) win. Raises SettingsError."""
    values = {
        option.name: _parse(option.metadata, environment)
        for option in fields(Settings)
        if option.name not in overrides
    }
    return Settings(**values, **overrides)


def _parse(option: Mapping[str, Any], environment: Mapping[str, str]) -> Any:
    raw = environment.get(option["variable"], option["default"]).strip()
    try:
        return option["parse"](raw)
    except ValueError as error:
        wanted = "a whole number" if "invalid literal" in str(error) else str(error)
        shown = "" if "KEYS" in option["variable"] else f", not {raw!r}"
        raise SettingsError(f"{option['variable']} must be {wanted}{shown}") from None


def require(settings: Settings, *names: str) -> None:
    """Raise SettingsError naming the first of these fields that is empty."""
    for option in fields(Settings):
        if option.name in names and not getattr(settings, option.name):
            raise SettingsError(f"{option.metadata['variable']} is not set: {option.metadata['help']}")


def settings_table() -> list[tuple[str, str, str]]:
    """(variable, default, help) of every setting, in the order of the README."""
    return [
        (option.metadata["variable"], option.metadata["default"], option.metadata["help"])
        for option in fields(Settings)
    ]
