"""Wires the administration together; `app.py` asks for its routes."""

from collections.abc import Mapping

from starlette.routing import BaseRoute

from sse_board.accounts.administration import Administration
from sse_board.admin.action_types import ActionTypeAdministration
from sse_board.admin.api import AdminApi
from sse_board.admin.boards import BoardAdministration
from sse_board.admin.desk import Desk
from sse_board.admin.flags import FlagReview
from sse_board.admin.moderation_api import ModerationApi
from sse_board.admin.pages import AdminPages, FindViewer, Submit
from sse_board.admin.voiding import Voiding
from sse_board.admin.watching import Watching
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.repair import BoardRepair
from sse_board.scores.catalog import ActionCatalog
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates


def admin_routes(
    postgres: Postgres,
    authenticator: Authenticator,
    boards: BoardCatalog,
    types: ActionCatalog,
    repair: BoardRepair,
) -> list[BaseRoute]:
    catalogue = AdminApi(
        postgres,
        authenticator,
        boards,
        BoardAdministration(postgres, boards),
        ActionTypeAdministration(postgres, boards, types),
    )
    moderation = ModerationApi(authenticator, FlagReview(postgres), Voiding(postgres, boards, repair))
    return [*catalogue.routes(), *moderation.routes()]


def admin_pages(
    postgres: Postgres,
    authenticator: Authenticator,
    templates: Templates,
    viewer: FindViewer,
    users: Administration,
    watching: Watching,
    voiding: Voiding,
    forms: Mapping[str, Submit],
) -> list[BaseRoute]:
    """`forms`: what other rooms add, by the name of their template."""
    desk = Desk(postgres, watching.board, watching.connections, users, FlagReview(postgres), voiding)
    return [*AdminPages(templates, authenticator, viewer, desk, forms).routes()]
