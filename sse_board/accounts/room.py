"""Wires the accounts together; `app.py` asks for one of these."""

import secrets
import uuid
from dataclasses import dataclass

from argon2 import PasswordHasher
from redis.asyncio import Redis
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from sse_board.accounts.action_keys import ActionKeys
from sse_board.accounts.admin_api import UsersAdminApi
from sse_board.accounts.administration import Administration
from sse_board.accounts.api import AccountsApi
from sse_board.accounts.authentication import Authentication
from sse_board.accounts.avatars import Avatars
from sse_board.accounts.failures import FailedLogins
from sse_board.accounts.login import Login
from sse_board.accounts.logins import Logins
from sse_board.accounts.logout import Logout
from sse_board.accounts.pages import AccountPages
from sse_board.accounts.passwords import Passwords, standard_hasher
from sse_board.accounts.profile import ProfileChange, Profiles
from sse_board.accounts.refresh import Refresh
from sse_board.accounts.register import Registration
from sse_board.accounts.renewal import Renewal
from sse_board.accounts.revocations import Revocations
from sse_board.accounts.rotate_key import KeyRotation
from sse_board.accounts.tokens import Tokens
from sse_board.accounts.use_cases import UseCases
from sse_board.accounts.viewers import CountUnread, Viewers, no_inbox
from sse_board.clock import Clock, utc_now
from sse_board.settings import Settings
from sse_board.stores.postgres import Postgres
from sse_board.web.templates import Templates

#: As long as the SHA-256 under which a refresh token is stored: bytes.
REFRESH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the rest of the service needs of the accounts."""

    authentication: Authentication
    tokens: Tokens
    action_keys: ActionKeys
    revocations: Revocations
    viewers: Viewers
    administration: Administration
    routes: list[BaseRoute]
    middleware: list[Middleware]
    passwords: Passwords
    profiles: Profiles

    async def start(self) -> None:
        """Raises Unavailable: without the revocations no token may be trusted."""
        await self.revocations.start()

    async def stop(self) -> None:
        await self.revocations.stop()
        self.passwords.close()


def build_accounts(
    settings: Settings,
    postgres: Postgres,
    redis: Redis,
    templates: Templates,
    change_profile: ProfileChange,
    *,
    unread: CountUnread = no_inbox,
    clock: Clock = utc_now,
    hasher: PasswordHasher | None = None,
) -> Accounts:
    """Takes stores that need not be open yet, and settings with `jwt_keys` and `action_keys`; `unread` counts for
    the header of pages."""
    tokens = Tokens(settings.jwt_keys, clock, _new_id)
    revocations = Revocations(postgres, clock)
    authentication = Authentication(tokens, revocations)
    keys = ActionKeys(settings.action_keys, postgres, clock)
    viewers = Viewers(postgres, authentication, unread)
    revocations.watch(keys.forget)
    revocations.watch(viewers.forget)

    passwords = Passwords(hasher or standard_hasher())
    logins = Logins(tokens, clock, _new_id, _new_secret)
    use_cases = UseCases(
        registration=Registration(postgres, passwords, logins, _new_id),
        login=Login(postgres, passwords, logins, FailedLogins(redis, clock)),
        refresh=Refresh(postgres, logins, revocations, clock),
        logout=Logout(postgres, revocations),
        profiles=Profiles(postgres, passwords, revocations, change_profile),
        key_rotation=KeyRotation(postgres, keys, revocations, clock),
    )
    administration = Administration(postgres, revocations)
    routes = [
        *AccountsApi(authentication, use_cases, keys, tokens).routes(),
        *AccountPages(templates, authentication, use_cases).routes(),
        *Avatars(postgres).routes(),
        *UsersAdminApi(authentication, administration).routes(),
    ]
    renewal = Middleware(Renewal, authentication=authentication, refresh=use_cases.refresh)
    return Accounts(
        authentication=authentication,
        tokens=tokens,
        action_keys=keys,
        revocations=revocations,
        viewers=viewers,
        administration=administration,
        routes=routes,
        middleware=[renewal],
        passwords=passwords,
        profiles=use_cases.profiles,
    )


def _new_id() -> str:
    return str(uuid.uuid4())


def _new_secret() -> str:
    return secrets.token_urlsafe(REFRESH_BYTES)
