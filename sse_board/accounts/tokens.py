"""Access and stream tokens: signed JWTs that are verified without asking any store."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import jwt
import msgspec

from sse_board.clock import Clock
from sse_board.errors import TokenExpired, Unauthorized
from sse_board.settings import Key
from sse_board.web.identity import Identity, Role

#: Life of an access token: what a stolen one is good for, seconds.
ACCESS_SECONDS = 15 * 60
#: Life of a stream token: a working day for a client that can only put a token into the URL, seconds.
STREAM_SECONDS = 12 * 3600
#: The `aud` that sets a stream token apart; access tokens have none, so neither passes for the other.
STREAM_AUDIENCE = "stream"
#: Pinned: the header of a token never chooses how it is checked.
ALGORITHM = "HS256"
#: Ours have about 400 characters; what is longer is not parsed, characters.
TOKEN_LENGTH = 2048
#: Verified tokens kept per process: some 20 MB, two for each of the streams that one process may hold.
REMEMBERED_TOKENS = 40_000

#: `exp` is compared with our own clock below; `iat` is only information, and clocks of two hosts may differ.
_OPTIONS: Any = {"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False}


class _Claims(msgspec.Struct):
    sub: str
    role: Role
    sid: str
    iat: int
    exp: int
    gen: int
    aks: int = 0


class Tokens:
    """Signs with the first key, verifies with every key, chosen by the token's `kid`."""

    def __init__(self, keys: tuple[Key, ...], clock: Clock, new_id: Callable[[], str]) -> None:
        self._signing = keys[0]
        self._secrets = {key.id: key.secret for key in keys}
        self._clock = clock
        self._new_id = new_id
        self._verified: OrderedDict[tuple[str | None, str], Identity] = OrderedDict()

    def access(self, user_id: str, role: Role, login_id: str, generation: int, action_serial: int) -> str:
        """With the serial of the user's action key, so that their signatures can be checked without a query."""
        claims = {"sub": user_id, "role": role, "sid": login_id, "gen": generation, "aks": action_serial}
        return self._sign(claims, ACCESS_SECONDS)

    def stream(self, identity: Identity) -> str:
        """A token that is good only for listening, as long as its login stands; at most `STREAM_SECONDS`."""
        claims = {"sub": identity.user_id, "role": identity.role, "sid": identity.login_id}
        return self._sign({**claims, "gen": identity.generation, "aud": STREAM_AUDIENCE}, STREAM_SECONDS)

    def _sign(self, claims: dict[str, Any], seconds: int) -> str:
        now = int(self._clock().timestamp())
        stamped = {**claims, "iat": now, "exp": now + seconds, "jti": self._new_id()}
        return jwt.encode(stamped, self._signing.secret, ALGORITHM, {"kid": self._signing.id})

    def verify_access(self, token: str) -> Identity:
        """Raises TokenExpired, or Unauthorized for whatever else is wrong with it."""
        return self._verify(token, None)

    def verify_stream(self, token: str) -> Identity:
        """Raises TokenExpired, or Unauthorized; also for an access token, which does not belong in a URL."""
        return self._verify(token, STREAM_AUDIENCE)

    def _verify(self, token: str, audience: str | None) -> Identity:
        identity = self._verified.get((audience, token))
        if identity is None:
            identity = self._parse(token, audience)
            self._remember((audience, token), identity)
        if identity.expires_at <= self._clock().timestamp():
            self._verified.pop((audience, token), None)
            raise TokenExpired()
        return identity

    def _parse(self, token: str, audience: str | None) -> Identity:
        try:
            raw = jwt.decode(
                token, self._secret_of(token), algorithms=[ALGORITHM], audience=audience, options=_OPTIONS
            )
            claims = msgspec.convert(raw, _Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError):
            raise Unauthorized("The token is not valid here.") from None
        return Identity(claims.sub, claims.role, claims.sid, claims.gen, claims.exp, claims.aks)

    def _secret_of(self, token: str) -> bytes:
        if len(token) > TOKEN_LENGTH:
            raise jwt.InvalidTokenError
        secret = self._secrets.get(jwt.get_unverified_header(token).get("kid", ""))
        if secret is None:
            raise jwt.InvalidTokenError
        return secret

    def _remember(self, key: tuple[str | None, str], identity: Identity) -> None:
        self._verified[key] = identity
        if len(self._verified) > REMEMBERED_TOKENS:
            self._verified.popitem(last=False)
