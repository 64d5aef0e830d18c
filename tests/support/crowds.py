"""Many players at once, where it is not their registering that is looked at."""

import uuid
from collections.abc import Sequence

import psycopg

from sse_board.accounts.action_keys import derive
from sse_board.accounts.tokens import Tokens
from sse_board.clock import utc_now
from sse_board.settings import load_settings
from tests.support.clients import Api, Player
from tests.support.servers import Stores

INSERT = """
insert into users (id, username, username_key, email, email_key, password_hash, role)
values (%(id)s, %(name)s, %(key)s, %(email)s, %(email)s, '', 'PARTICIPANT')
"""


def enlist(api: Api, stores: Stores, names: Sequence[str]) -> list[Player]:
    """As registering would leave them, but without a password, whose hash takes longer than all the rest."""
    found = [(str(uuid.uuid4()), name) for name in names]
    rows = [{"id": id, "name": name, "key": name.casefold(), "email": f"{id}@example.org"} for id, name in found]
    with psycopg.connect(stores.database_url) as database:
        database.cursor().executemany(INSERT, rows)
    settings = load_settings(stores.environment)
    tokens, master = Tokens(settings.jwt_keys, utc_now, lambda: str(uuid.uuid4())), settings.action_keys[0]
    return [
        Player(
            api,
            {
                "user": {"id": id, "username": name},
                "accessToken": tokens.access(id, "PARTICIPANT", str(uuid.uuid4()), 1, 1),
                "actionKey": {"id": (key := derive(master, id, serial=1)).id, "secret": key.secret},
            },
        )
        for id, name in found
    ]
