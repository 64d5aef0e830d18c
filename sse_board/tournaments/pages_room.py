"""Wires the pages of tournaments; `app.py` asks for their routes."""

from starlette.routing import BaseRoute

from sse_board.clock import utc_now
from sse_board.tournaments.answering import Answers
from sse_board.tournaments.desk_pages import DeskPages
from sse_board.tournaments.desk_work import DeskWork
from sse_board.tournaments.overview_pages import OverviewPages
from sse_board.tournaments.pages import Desktop, FindViewer, TournamentPages
from sse_board.tournaments.room import Organising
from sse_board.tournaments.tables import Tables
from sse_board.tournaments.trf.sheet import decode_trf
from sse_board.tournaments.wall_pages import WallPages
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates


def tournament_pages(
    templates: Templates,
    authenticator: Authenticator,
    viewer: FindViewer,
    tables: Tables,
    answers: Answers,
    organising: Organising,
) -> list[BaseRoute]:
    desktop = Desktop(templates, authenticator, viewer, tables, answers)
    return [
        *OverviewPages(desktop, organising, decode_trf, utc_now).routes(),
        *TournamentPages(desktop, organising.enrolment).routes(),
        *DeskPages(desktop, DeskWork(organising, tables)).routes(),
        *WallPages(desktop).routes(),
    ]
