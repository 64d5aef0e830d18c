"""Forward-only migrations from `sql/migrations`, one at a time, each checksummed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sse_board import ROOT
from sse_board.stores.queries import Queries

DIRECTORY = ROOT / "sql" / "migrations"
#: Any fixed number of our own: two programs that migrate at once wait for each other on it.
ADVISORY_LOCK = 7_355_608

_queries = Queries("migrations")


class MigrationError(Exception):
    """A migration that was applied has been changed or is missing here."""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: bytes

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql).hexdigest()


def migrations(directory: Path = DIRECTORY) -> list[Migration]:
    return [Migration(path.stem, path.read_bytes()) for path in sorted(directory.glob("[0-9]*.sql"))]


def migrate(url: str, directory: Path = DIRECTORY) -> list[str]:
    """Apply what is missing, in order; the names of what was applied. Raises MigrationError."""
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(_queries.lock, {"lock": ADVISORY_LOCK})
        connection.execute(_queries.create_table)
        applied: dict[str, str] = dict(connection.execute(_queries.applied).fetchall())
        known = migrations(directory)
        _check(applied, known)
        missing = [migration for migration in known if migration.name not in applied]
        for migration in missing:
            _apply(connection, migration)
        return [migration.name for migration in missing]


def _check(applied: dict[str, str], known: list[Migration]) -> None:
    here = {migration.name: migration.checksum for migration in known}
    for name, checksum in applied.items():
        if name not in here:
            raise MigrationError(f"the database has migration {name}, which this version does not know")
        if here[name] != checksum:
            raise MigrationError(f"migration {name} was changed after it had been applied")


def _apply(connection: psycopg.Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.sql)
        connection.execute(_queries.record, {"name": migration.name, "checksum": migration.checksum})
