"""Wires `/me` together; `app.py` asks for its routes."""

from starlette.routing import BaseRoute

from sse_board.accounts.room import Accounts
from sse_board.me.pages import MePages
from sse_board.notifications.room import Notifications
from sse_board.web.templates import Templates


def me_routes(templates: Templates, accounts: Accounts, notifications: Notifications) -> list[BaseRoute]:
    viewer = accounts.viewers.viewer
    return MePages(templates, accounts.authentication, viewer, accounts.profiles, notifications).routes()
