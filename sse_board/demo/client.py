"""The API as a player's program uses it: register or log in, renew the token, start runs, sign actions."""

import hashlib
import hmac
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from sse_board.clock import Clock, iso
from sse_board.demo.skills import App
from sse_board.demo.transport import Refused, Transport
from sse_board.settings import Key

T = TypeVar("T")

#: A token is renewed this long before it ends: seconds.
RENEW_EARLY = 60.0
#: After a wrong password: seconds. Ten failures in 15 minutes lock the name, and a key change may bring two.
LOCKED_OUT_SECONDS = 300.0


class ActionKey(msgspec.Struct):
    id: str
    secret: str


class Grant(msgspec.Struct, rename="camel"):
    """What registering, logging in and renewing answer; renewing leaves the action key as it is."""

    access_token: str
    expires_in: int
    refresh_token: str
    action_key: ActionKey | None = None


class Run(msgspec.Struct, rename="camel"):
    session_id: str


class Taken(msgspec.Struct):
    accepted: bool


class OnBoard(msgspec.Struct):
    board: str
    score: float
    rank: int | None


class Outcome(msgspec.Struct):
    """Where an action left the player, board by board."""

    boards: list[OnBoard]


def passwords(name: str, keys: Sequence[Key]) -> list[str]:
    """One per installation key, the present one first: no outsider can log in as a demo player."""
    message = f"demo player {name}".encode()
    return [hmac.digest(key.secret, message, "sha256").hex() for key in keys]


def sign(secret: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()


class Client:
    """One player's program. Every call raises Refused; what can be waited for is waited for inside."""

    def __init__(self, transport: Transport, name: str, keys: Sequence[Key], clock: Clock) -> None:
        self._transport = transport
        self._name = name
        self._passwords = passwords(name, keys)
        self._clock = clock
        self.grant: Grant | None = None
        self._key = ActionKey("", "")
        self._renew_at = clock()

    async def start_run(self, app: App) -> str:
        return (await self._call("/api/v1/sessions", _json({"app": app}), Run)).session_id

    async def tell(self, run: str, values: Mapping[str, float]) -> None:
        """How the run goes; told once: the next tick says more. Raises Refused also where nobody answers."""
        path = f"/api/v1/sessions/{run}/progress"
        await self._call(path, _json(values), Taken, patient=False)

    async def act(self, action_type: str, metadata: Mapping[str, Any]) -> Outcome:
        await self._be_logged_in()
        body = _json(
            {
                "actionId": str(uuid.uuid4()),
                "actionType": action_type,
                "timestamp": iso(self._clock()),
                "metadata": metadata,
            }
        )
        signed = {"X-Action-Signature": sign(self._key.secret, body), "X-Action-Key-Id": self._key.id}
        return await self._call("/api/v1/scores/action", body, Outcome, signed)

    async def ask(self, method: str, path: str, kind: type[T], **fields: Any) -> T:
        """Anything else that the API offers."""
        body = _json(fields) if fields else b""
        with self._beginning_anew():
            return await self._transport.send(method, path, body, await self._bearer(), kind)

    async def _call(
        self,
        path: str,
        body: bytes,
        kind: type[T],
        headers: Mapping[str, str] | None = None,
        *,
        patient: bool = True,
    ) -> T:
        post = self._transport.post if patient else self._transport.post_once
        with self._beginning_anew():
            return await post(path, body, {**await self._bearer(), **(headers or {})}, kind)

    async def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {(await self._be_logged_in()).access_token}"}

    @contextmanager
    def _beginning_anew(self) -> Iterator[None]:
        """Where the login has ended, or the action key is of another day."""
        try:
            yield
        except Refused as refused:
            if refused.status in (401, 403):
                self.grant = None
            raise

    async def _be_logged_in(self) -> Grant:
        if self.grant is None:
            return self._keep(await self._enter())
        if self._clock() >= self._renew_at:
            return self._keep(await self._renew(self.grant))
        return self.grant

    def _keep(self, grant: Grant) -> Grant:
        self.grant = grant
        self._key = grant.action_key or self._key
        self._renew_at = self._clock() + timedelta(seconds=grant.expires_in - RENEW_EARLY)
        return grant

    async def _renew(self, grant: Grant) -> Grant:
        try:
            return await self._post("refresh", {"refreshToken": grant.refresh_token})
        except Refused as refused:
            if refused.status != 401:
                raise
            return await self._enter()

    async def _enter(self) -> Grant:
        """Registering first: for a known name that costs the server no password hash."""
        email = f"player-{hashlib.sha256(self._name.encode()).hexdigest()[:12]}@demo.invalid"
        new = {"username": self._name, "email": email, "password": self._passwords[0]}
        try:
            return await self._post("register", new)
        except Refused as refused:
            if refused.status != 409:
                raise
            return await self._log_in()

    async def _log_in(self) -> Grant:
        for password in self._passwords:
            try:
                return await self._post("login", {"username": self._name, "password": password})
            except Refused as refused:
                if refused.status != 401:
                    raise
        raise Refused(401, "UNAUTHORIZED", LOCKED_OUT_SECONDS)

    async def _post(self, what: str, fields: Mapping[str, str]) -> Grant:
        return await self._transport.post(f"/api/v1/auth/{what}", _json(fields), {}, Grant)


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value)
