"""Access and stream tokens."""

import base64
import json
from typing import Any

import jwt
import pytest

from sse_board.accounts.tokens import ACCESS_SECONDS, STREAM_SECONDS, Tokens
from sse_board.errors import TokenExpired, Unauthorized
from sse_board.settings import Key
from tests.accounts.site import MovedClock

OLD, NEW = Key("old", b"o" * 64), Key("new", b"n" * 64)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def tokens(clock: MovedClock) -> Tokens:
    return Tokens((NEW, OLD), clock, lambda: "jti")


def forge(key: Key = NEW, algorithm: str = "HS256", kid: str | None = "new", **changes: Any) -> str:
    """A token of ours with these claims changed; None removes one."""
    claims = {"sub": "u", "role": "ADMIN", "sid": "s", "gen": 1, "iat": 1, "exp": 2**33} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, key.secret, algorithm, {"kid": kid} if kid else None)


def test_a_token_says_who_and_until_when(tokens: Tokens, clock: MovedClock) -> None:
    token = tokens.access("u", "ORGANIZER", "s", 3, 1)
    identity = tokens.verify_access(token)
    assert (identity.user_id, identity.role, identity.login_id, identity.generation) == (
        "u",
        "ORGANIZER",
        "s",
        3,
    )
    assert abs(identity.expires_at - clock().timestamp() - ACCESS_SECONDS) <= 1
    claims = jwt.decode(token, NEW.secret, algorithms=["HS256"])
    assert set(claims) == {"sub", "role", "sid", "gen", "aks", "iat", "exp", "jti"}
    assert jwt.get_unverified_header(token)["kid"] == "new"


def test_the_second_look_is_the_same_object(tokens: Tokens) -> None:
    token = tokens.access("u", "VIEWER", "s", 1, 1)
    assert tokens.verify_access(token) is tokens.verify_access(token)


def test_an_expired_token_says_so_also_when_it_was_verified_before(tokens: Tokens, clock: MovedClock) -> None:
    seen, unseen = (tokens.access("u", "VIEWER", login, 1, 1) for login in "ab")
    tokens.verify_access(seen)
    clock.forward(seconds=ACCESS_SECONDS + 1)
    for token in (seen, unseen):
        with pytest.raises(TokenExpired):
            tokens.verify_access(token)


def test_a_stream_token_listens_for_twelve_hours(tokens: Tokens, clock: MovedClock) -> None:
    identity = tokens.verify_access(tokens.access("u", "VIEWER", "s", 1, 1))
    token = tokens.stream(identity)
    clock.forward(seconds=STREAM_SECONDS - 2)
    assert tokens.verify_stream(token).login_id == "s"
    clock.forward(seconds=3)
    with pytest.raises(TokenExpired):
        tokens.verify_stream(token)


def test_neither_kind_passes_for_the_other(tokens: Tokens) -> None:
    access = tokens.access("u", "VIEWER", "s", 1, 1)
    stream = tokens.stream(tokens.verify_access(access))
    tokens.verify_stream(stream)
    with pytest.raises(Unauthorized):
        tokens.verify_access(stream)
    with pytest.raises(Unauthorized):
        tokens.verify_stream(access)


def test_tokens_of_every_key_verify(tokens: Tokens) -> None:
    assert tokens.verify_access(forge(OLD, kid="old")).user_id == "u"
    assert tokens.verify_access(forge(NEW, kid="new")).user_id == "u"


def _unsigned() -> str:
    parts = ({"alg": "none", "typ": "JWT", "kid": "new"}, {"sub": "u", "iat": 1, "exp": 2**33})
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."
    )


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "é.ü.ß",
        "x" * 3000,
        base64.urlsafe_b64encode(b"[" * 1400).decode() + ".e.s",
        _unsigned(),
        forge(kid=None),
        forge(kid="other"),
        forge(OLD, kid="new"),
        forge(algorithm="HS512"),
        forge(aud="stream"),
        forge(sub=None),
        forge(exp=None),
        forge(iat=None),
        forge(gen=None),
        forge(exp="never"),
        forge(role="ROOT"),
        forge(Key("x", b"x" * 64)),
    ],
)
def test_whatever_else_is_wrong_is_unauthorized(tokens: Tokens, token: str) -> None:
    with pytest.raises(Unauthorized):
        tokens.verify_access(token)
