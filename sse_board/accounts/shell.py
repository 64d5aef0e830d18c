"""`sse-board user …`: people, from the shell. Passwords come from a prompt or stdin, never from argv."""

import argparse
import asyncio
import getpass
import sys
import uuid
from collections.abc import Awaitable, Callable

from sse_board.accounts.administration import Actor, Administration
from sse_board.accounts.passwords import Passwords, standard_hasher
from sse_board.accounts.register import insert_user
from sse_board.accounts.revocations import Revocations
from sse_board.accounts.rules import NewUser, check_password, name_key, new_user
from sse_board.clock import iso, utc_now
from sse_board.errors import BoardError, NotFound
from sse_board.settings import Settings, SettingsError, require
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import ROLES, Role

_SHELL = Actor(None, "shell")
_FIELDS = {"username": "ADMIN_USERNAME", "email": "ADMIN_EMAIL", "password": "ADMIN_PASSWORD"}


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The subcommands of `sse-board user`; each sets `func(args, settings) -> exit status`."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    create = _command(commands, "create", create_user, "make a user")
    create.add_argument("username")
    create.add_argument("email")
    create.add_argument("--role", choices=ROLES, default="PARTICIPANT")
    create.add_argument("--time-zone", default="UTC")
    _add_password_source(create)
    _command(commands, "list", list_users, "show all users")
    role = _command(commands, "role", change_role, "give a user another role")
    role.add_argument("username")
    role.add_argument("role", choices=ROLES)
    for name, blocked in (("block", True), ("unblock", False)):
        block = _command(commands, name, change_block, f"{name} a user")
        block.add_argument("username")
        block.set_defaults(blocked=blocked)
    password = _command(commands, "password", change_password, "set a new password; ends all logins")
    password.add_argument("username")
    _add_password_source(password)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    func: Callable[[argparse.Namespace, Settings], int],
    help: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=help, description=help)
    command.set_defaults(func=func)
    return command


def _add_password_source(command: argparse.ArgumentParser) -> None:
    command.add_argument("--password-stdin", action="store_true", help="read the password from stdin")


def _read_password(args: argparse.Namespace) -> str:
    if args.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise ValueError("The two passwords differ.")
    return first


def create_user(args: argparse.Namespace, settings: Settings) -> int:
    async def work(postgres: Postgres) -> None:
        user = new_user(args.username, args.email, _read_password(args), args.time_zone)
        print(await _create(postgres, user, args.role))

    return _run(settings, work)


def list_users(args: argparse.Namespace, settings: Settings) -> int:
    async def work(postgres: Postgres) -> None:
        for user_id, username, email, role, blocked, created_at in await postgres.all(
            Queries("accounts").list_users
        ):
            state = "blocked" if blocked else "active"
            print(user_id, f"{role:11}", f"{state:7}", iso(created_at), username, email, sep="  ")

    return _run(settings, work)


def change_role(args: argparse.Namespace, settings: Settings) -> int:
    async def work(postgres: Postgres) -> None:
        await _administration(postgres).change(_SHELL, await _find(postgres, args.username), role=args.role)

    return _run(settings, work)


def change_block(args: argparse.Namespace, settings: Settings) -> int:
    async def work(postgres: Postgres) -> None:
        user_id = await _find(postgres, args.username)
        await _administration(postgres).change(_SHELL, user_id, blocked=args.blocked)

    return _run(settings, work)


def change_password(args: argparse.Namespace, settings: Settings) -> int:
    async def work(postgres: Postgres) -> None:
        user_id = await _find(postgres, args.username)
        hashed = await _hash(check_password(_read_password(args)))
        await _administration(postgres).set_password(_SHELL, user_id, hashed)

    return _run(settings, work)


def ensure_admin(settings: Settings) -> None:
    """Make sure that the admin of the settings exists, has the role and is not blocked; a password that
    was changed since stays. Does nothing without ADMIN_USERNAME. Raises SettingsError.

    Starts an event loop of its own: not to be called from a running one.
    """
    if not settings.admin_username:
        return
    require(settings, "admin_email", "admin_password")
    try:
        asyncio.run(_with_postgres(settings, lambda postgres: _ensure_admin(postgres, settings)))
    except BoardError as error:
        names = ", ".join(_FIELDS.get(field, field) for field in error.details or ())
        raise SettingsError(f"{names or 'ADMIN_USERNAME'}: {error.message}") from None


async def _ensure_admin(postgres: Postgres, settings: Settings) -> None:
    user = new_user(settings.admin_username, settings.admin_email, settings.admin_password, "UTC")
    row = await postgres.one(Queries("accounts").find_by_name, username_key=user.username_key)
    if row is None:
        await _create(postgres, user, "ADMIN")
    else:
        await _administration(postgres).change(_SHELL, row[0], role="ADMIN", blocked=False)


def _run(settings: Settings, work: Callable[[Postgres], Awaitable[None]]) -> int:
    require(settings, "database_url")
    try:
        asyncio.run(_with_postgres(settings, work))
    except (BoardError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _with_postgres(settings: Settings, work: Callable[[Postgres], Awaitable[None]]) -> None:
    postgres = Postgres(settings.database_url, size=1)
    await postgres.open()
    try:
        await work(postgres)
    finally:
        await postgres.close()


async def _create(postgres: Postgres, user: NewUser, role: Role) -> str:
    hashed, user_id = await _hash(user.password), str(uuid.uuid4())
    async with postgres.transaction() as connection:
        await insert_user(connection, user_id, user, hashed, role)
    return user_id


async def _hash(password: str) -> str:
    passwords = Passwords(standard_hasher())
    try:
        return await passwords.hash(password)
    finally:
        passwords.close()


async def _find(postgres: Postgres, username: str) -> str:
    row = await postgres.one(Queries("accounts").find_by_name, username_key=name_key(username.strip()))
    if row is None:
        raise NotFound(f"There is no user {username!r}.")
    user_id: str = row[0]
    return user_id


def _administration(postgres: Postgres) -> Administration:
    return Administration(postgres, Revocations(postgres, utc_now))
