"""What a database needs before anything runs on it."""

from sse_board.accounts.shell import ensure_admin
from sse_board.settings import Settings
from sse_board.stores.migrations import migrate


def prepare(settings: Settings) -> list[str]:
    """Migrate, then make sure of the admin; the names of what was applied. Raises MigrationError."""
    applied = migrate(settings.database_url)
    ensure_admin(settings)
    return applied
