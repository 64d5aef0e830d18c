"""Wires the administration together; `app.py` asks for its routes."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from sse_board.accounts.administration import Administration
from sse_board.admin.action_types import ActionTypeAdministration
from sse_board.admin.api import AdminApi
from sse_board.admin.boards import BoardAdministration
from sse_board.admin.flags import FlagReview
from sse_board.admin.moderation_api import ModerationApi
from sse_board.admin.site.audit_page import AuditPage
from sse_board.admin.site.catalogue_page import CataloguePage
from sse_board.admin.site.connections_page import ConnectionsPage
from sse_board.admin.site.flags_page import FlagsPage
from sse_board.admin.site.health_page import HealthPage
from sse_board.admin.site.pages import AdminPages, FindViewer
from sse_board.admin.site.subject import Subject
from sse_board.admin.site.users_page import UsersPage
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
    catalogues: tuple[BoardCatalog, ActionCatalog],
    repair: BoardRepair,
    others: Sequence[Subject],
) -> list[BaseRoute]:
    """`others`: the pages that other rooms add."""
    boards, types = catalogues
    editing = BoardAdministration(postgres, boards)
    pages = (
        HealthPage(watching.board),
        ConnectionsPage(postgres, watching.board, watching.connections),
        FlagsPage(FlagReview(postgres), Voiding(postgres, boards, repair)),
        UsersPage(postgres, users),
        CataloguePage(boards, types, editing, ActionTypeAdministration(postgres, boards, types)),
    )
    subjects = [*(page.subject for page in pages), *others, AuditPage(postgres).subject]
    return [*AdminPages(templates, authenticator, viewer, subjects).routes()]
