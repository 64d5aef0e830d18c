"""Wires the pages of tournaments; `app.py` asks for their routes."""

from starlette.routing import BaseRoute

from sse_board.clock import utc_now
from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.pages.desk_page import DeskPages
from sse_board.tournaments.pages.desk_work import DeskWork
from sse_board.tournaments.pages.fragments import Fragments
from sse_board.tournaments.pages.overview_page import OverviewPages
from sse_board.tournaments.pages.player_page import PlayerPages
from sse_board.tournaments.pages.tournament_page import Desktop, FindViewer, TournamentPages
from sse_board.tournaments.pages.wall_page import WallPages
from sse_board.tournaments.running.room import Organising
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.trf.sheet import decode_trf
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates
from sse_board.web.walls import Walls


def tournament_pages(
    templates: Templates,
    authenticator: Authenticator,
    viewer: FindViewer,
    tables: Tables,
    answers: Answers,
    organising: Organising,
    walls: Walls,
) -> list[BaseRoute]:
    desktop = Desktop(templates, authenticator, viewer, tables, answers, Fragments(templates, answers))
    work = DeskWork(organising, tables)
    return [
        *OverviewPages(desktop, organising, decode_trf, utc_now).routes(),
        *TournamentPages(desktop, organising.enrolment).routes(),
        *DeskPages(desktop, work).routes(),
        *PlayerPages(desktop, work).routes(),
        *WallPages(desktop, walls).routes(),
    ]
