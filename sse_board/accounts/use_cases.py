"""All that people can do with their accounts, as the API and the pages are handed it."""

from dataclasses import dataclass

from sse_board.accounts.login import Login
from sse_board.accounts.logout import Logout
from sse_board.accounts.profile import Profiles
from sse_board.accounts.refresh import Refresh
from sse_board.accounts.register import Registration
from sse_board.accounts.rotate_key import KeyRotation


@dataclass(frozen=True, slots=True)
class UseCases:
    registration: Registration
    login: Login
    refresh: Refresh
    logout: Logout
    profiles: Profiles
    key_rotation: KeyRotation
